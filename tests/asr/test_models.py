"""Whatever stands where a model should be, one line says what to do, and nothing crashes."""

import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from voiceacu.asr import models
from voiceacu.asr.models import check_model, find_model, vocabulary
from voiceacu.asr.recogniser import Recogniser
from voiceacu.errors import UserError


@pytest.fixture
def user_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv(models.VARIABLE, raising=False)
    return models.user_models()


def complaint(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        check_model(path)
    line = str(caught.value)
    assert "\n" not in line
    assert str(path) in line
    return line


def test_the_model_of_the_repository_is_whole() -> None:
    check_model(find_model())


def test_an_explicit_model_comes_before_the_variable(
    model_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(models.VARIABLE, str(tmp_path / "elsewhere"))
    assert find_model(model_copy) == model_copy


def test_the_variable_comes_before_the_models_that_are_there(
    model_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(models.VARIABLE, str(model_copy))
    assert find_model() == model_copy


def test_a_broken_model_in_the_variable_is_said_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(models.VARIABLE, str(tmp_path / "gone"))
    with pytest.raises(UserError, match="gone"):
        find_model()


def test_without_a_choice_the_own_model_is_taken(user_folder: Path, model_copy: Path) -> None:
    shutil.copytree(model_copy, user_folder / "another")
    assert find_model().name == models.PREFERRED


def test_a_downloaded_model_is_found_by_its_name(user_folder: Path, model_copy: Path) -> None:
    shutil.copytree(model_copy, user_folder / "another")
    assert find_model(Path("another")) == user_folder / "another"
    assert user_folder / "another" in models.installed_models()


def test_no_model_at_all_says_how_to_get_one(
    user_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "model_folders", lambda: (user_folder,))
    with pytest.raises(UserError, match="voiceacu model download"):
        find_model()


@pytest.mark.parametrize(
    "part",
    [
        "am/final.mdl",
        "conf/mfcc.conf",
        "conf/model.conf",
        "graph/HCLr.fst",
        "graph/Gr.fst",
        "graph/disambig_tid.int",
        "graph/words.txt",
        "graph/phones/word_boundary.int",
    ],
)
def test_a_missing_part_is_named(model_copy: Path, part: str) -> None:
    (model_copy / part).unlink()
    line = complaint(model_copy)
    if part != "am/final.mdl":
        assert part in line


@pytest.mark.parametrize("part", ["am/final.mdl", "conf/model.conf", "graph/HCLr.fst"])
def test_an_empty_part_is_named(model_copy: Path, part: str) -> None:
    os.truncate(model_copy / part, 0)
    assert f"{part} is empty" in complaint(model_copy)


@pytest.mark.parametrize("part", ["graph/HCLr.fst", "graph/Gr.fst"])
@pytest.mark.parametrize("share", [0.0001, 0.001, 0.1, 0.5, 0.7])
def test_a_graph_that_is_cut_off_is_damaged(model_copy: Path, part: str, share: float) -> None:
    file = model_copy / part
    os.truncate(file, max(1, int(file.stat().st_size * share)))
    assert f"{part} is damaged" in complaint(model_copy)


def test_a_graph_of_garbage_is_damaged(model_copy: Path) -> None:
    (model_copy / "graph/HCLr.fst").write_bytes(b"<html>404 not found</html>" * 100)
    assert "graph/HCLr.fst is damaged" in complaint(model_copy)


@pytest.mark.parametrize("option", ["--frame-subsampling-factor", "--endpoint.silence-phones"])
def test_a_missing_option_is_named(model_copy: Path, option: str) -> None:
    file = model_copy / "conf/model.conf"
    lines = file.read_text().splitlines()
    file.write_text("\n".join(line for line in lines if not line.startswith(option)))
    assert option in complaint(model_copy)


def test_a_fixed_graph_can_not_be_told_what_to_hear(model_copy: Path) -> None:
    (model_copy / "graph/HCLr.fst").rename(model_copy / "graph/HCLG.fst")
    assert "fixed graph" in complaint(model_copy)


def test_a_model_one_folder_deeper_is_pointed_at(model_copy: Path) -> None:
    outer = model_copy.parent
    assert f"use {model_copy}" in complaint(outer)


def test_an_archive_is_to_be_unpacked(tmp_path: Path) -> None:
    archive = tmp_path / "vosk-model-xy.zip"
    archive.write_bytes(b"PK")
    assert "unpack it" in complaint(archive)
    assert f"unzip {archive}" in complaint(tmp_path / "vosk-model-xy")


def test_an_empty_folder_and_no_folder_are_no_models(tmp_path: Path) -> None:
    assert "no Vosk model" in complaint(tmp_path)
    assert "no such folder" in complaint(tmp_path / "nothing")


def test_a_network_that_needs_speaker_features_needs_their_folder(model_copy: Path) -> None:
    network = model_copy / "am/final.mdl"
    network.write_bytes(network.read_bytes() + b"input-node name=ivector dim=30")
    assert "ivector is missing" in complaint(model_copy)
    (model_copy / "ivector").mkdir()
    assert "ivector/final.ie is missing" in complaint(model_copy)


@pytest.mark.parametrize("part", ["am/final.mdl", "conf/mfcc.conf", "graph/words.txt"])
def test_what_only_vosk_can_see_is_one_line_too(model_copy: Path, part: str, table: object) -> None:
    """Parts that pass the check and fail in libvosk, which then raises."""
    file = model_copy / part
    os.truncate(file, file.stat().st_size // 2)
    with pytest.raises(UserError, match="model"):
        Recogniser(model_copy, table)  # type: ignore[arg-type]


def test_words_inside_the_grammar_graph_are_enough(
    model_copy: Path, table: object, say: Callable[[str], object]
) -> None:
    """The official small models have no words.txt."""
    words = model_copy / "graph/words.txt"
    pairs = [line.split() for line in words.read_text().splitlines()]
    _write_symbols_into(model_copy / "graph/Gr.fst", [(w, int(i)) for w, i in pairs])
    expected = vocabulary(model_copy)
    words.unlink()
    check_model(model_copy)
    assert vocabulary(model_copy) == expected
    ears = Recogniser(model_copy, table)  # type: ignore[arg-type]
    ears.accept(say("next point"))  # type: ignore[arg-type]
    assert ears.finish()[0].text == "next point"
    assert ears.again(say("next point"))[0].text == "next point"  # type: ignore[arg-type]


def test_the_flat_layout_of_old_models_is_heard_too(
    model_copy: Path, tmp_path: Path, table: object, say: Callable[[str], object]
) -> None:
    flat = tmp_path / "flat"
    flat.mkdir()
    for file in model_copy.rglob("*"):
        if file.is_file() and file.name != "model.conf":
            shutil.copy(file, flat / file.name)
    check_model(flat)
    ears = Recogniser(flat, table)  # type: ignore[arg-type]
    ears.accept(say("next point"))  # type: ignore[arg-type]
    assert ears.finish()[0].text == "next point"
    assert ears.again(say("next point"))[0].text == "next point"  # type: ignore[arg-type]
    (flat / "HCLr.fst").unlink()
    assert "HCLr.fst is missing" in complaint(flat)


def _write_symbols_into(graph: Path, symbols: list[tuple[str, int]]) -> None:
    """Put an output symbol table behind the header of a graph without one."""

    def text(value: str) -> bytes:
        return struct.pack("<i", len(value.encode())) + value.encode()

    data = graph.read_bytes()
    kind = 8 + struct.unpack_from("<i", data, 4)[0]
    arc = kind + 4 + struct.unpack_from("<i", data, kind)[0]
    version, flags = struct.unpack_from("<ii", data, arc)
    end = arc + struct.calcsize("<iiQqqq")
    table = struct.pack("<i", 2125658996) + text("words")
    table += struct.pack("<qq", len(symbols), len(symbols))
    table += b"".join(text(word) + struct.pack("<q", key) for word, key in symbols)
    head = data[:arc] + struct.pack("<ii", version, flags | 2) + data[arc + 8 : end]
    graph.write_bytes(head + table + data[end:])
