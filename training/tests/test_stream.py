"""What the network is judged by stays apart from what it learns."""

from training.stream import Recording, apart


def test_nothing_trained_on_is_judged_by_once_there_are_more_recordings() -> None:
    before = [Recording(f"human/{i}") for i in range(400)]
    more = [Recording(f"neural/{i}") for i in range(100)] + before
    _, trained = apart(before, 40)
    judged, others = apart(more, 40)
    assert len(judged) == 40
    names = {recording.name for recording in more}
    assert {recording.name for recording in judged + others} == names
    assert not {one.name for one in judged} & {one.name for one in trained}
