"""A typed conversation through a pipe, as a user has it."""

from ..conftest import Program


def test_the_last_answer_is_whole_although_the_lines_end(voiceacu: Program) -> None:
    shown = voiceacu("chat", typed="where is the knee point\n")
    assert shown.returncode == 0, shown.stderr
    answer = shown.stdout.partition("[where_is point=BL-40]")[2].strip().splitlines()
    assert len(answer) == 2


def test_an_answer_is_remembered_on_request_until_it_is_forgotten(voiceacu: Program) -> None:
    voiceacu("chat", typed="start routine\nno\nremember my answer\nstop\n")
    assert "are you pregnant" not in voiceacu("chat", typed="start routine\n").stdout
    assert "not pregnant" in voiceacu("history").stdout
    voiceacu("history", "--forget")
    assert "are you pregnant" in voiceacu("chat", typed="start routine\n").stdout
    assert "pregnant" not in voiceacu("history").stdout
