"""What every room's tests share."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

ROOT = Path(__file__).parent.parent


class Program(Protocol):
    """The program, run with arguments, lines typed and variables of the environment."""

    def __call__(
        self, *arguments: str, typed: str = "", **extra: str
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def voiceacu(tmp_path: Path) -> Program:
    """Runs the installed program as a user would, with a home folder of its own."""
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    environment.pop("VOICEACU_MODEL", None)

    def run(*arguments: str, typed: str = "", **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "voiceacu", *arguments],
            input=typed,
            capture_output=True,
            text=True,
            timeout=100,
            env={**environment, **extra},
            cwd=tmp_path,
            check=False,
        )

    return run
