"""A model is tried out without risk to the process that asks."""

from pathlib import Path

import numpy as np
import pytest

from voiceacu.asr.models import check_model, find_model
from voiceacu.asr.probe import try_model
from voiceacu.errors import UserError


def test_the_model_of_the_repository_hears() -> None:
    try_model(find_model())


def test_a_model_that_ends_the_process_is_only_an_error(model_copy: Path) -> None:
    """The list of silence phones is there, but empty: libvosk aborts at the first sound."""
    file = model_copy / "conf/model.conf"
    file.write_text(file.read_text().replace("silence-phones=1", "silence-phones="))
    check_model(model_copy)
    with pytest.raises(UserError, match="libvosk fails") as caught:
        try_model(model_copy)
    assert "\n" not in str(caught.value)


def test_a_network_of_noise_is_said(model_copy: Path) -> None:
    network = model_copy / "am/final.mdl"
    network.write_bytes(np.random.default_rng(5).bytes(network.stat().st_size))
    with pytest.raises(UserError, match="can't use this model"):
        try_model(model_copy)
