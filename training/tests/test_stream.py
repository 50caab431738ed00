"""What the network is judged by stays apart from what it learns."""

from training.stream import apart


def test_nothing_trained_on_is_judged_by_once_there_are_more_recordings() -> None:
    before = [f"human/{i}" for i in range(400)]
    more = [f"neural/{i}" for i in range(100)] + before
    _, trained = apart(before, 40)
    judged, others = apart(more, 40)
    assert len(judged) == 40
    assert sorted(judged + others) == list(range(500))
    assert not {more[i] for i in judged} & {before[i] for i in trained}
