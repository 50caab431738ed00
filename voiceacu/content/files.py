"""Where the data files are."""

from pathlib import Path

from voiceacu.errors import UserError

_PACKAGE = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """The folder of points, commands, language and replies.

    The packaged folder comes first, then the repository's `data/` beside the package.

    Raises:
        UserError: neither is there, as after a broken installation.
    """
    for folder in (_PACKAGE / "data", _PACKAGE.parent / "data"):
        if (folder / "points.yaml").is_file():
            return folder
    raise UserError(f"no data folder beside {_PACKAGE}; install voiceacu again")
