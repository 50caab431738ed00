"""The official English models that the program can download.

Names, sizes and MD5 sums are those of the publisher's list
(https://alphacephei.com/vosk/models/model-list.json). Only models with a dynamic graph are
here: the others can't be told what to listen for.
"""

from dataclasses import dataclass

from voiceacu.errors import UserError

BASE_URL = "https://alphacephei.com/vosk/models"


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model as its publisher describes it; `size` is that of the archive, in bytes.

    The publisher gives an MD5 sum only. `sha256` stands where several independent
    distributions pin the same archive; else it is noted at the first download.
    """

    name: str
    about: str
    size: int
    licence: str
    md5: str
    sha256: str | None = None

    @property
    def url(self) -> str:
        """Where the archive is."""
        return f"{BASE_URL}/{self.name}.zip"


_MODELS = (
    KnownModel(
        name="vosk-model-small-en-us-0.15",
        about="US English, small",
        size=41_205_931,
        licence="Apache-2.0",
        md5="09ab50ccd62b674cbaa231b825f9c1cb",
        sha256="30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498",
    ),
    KnownModel(
        name="vosk-model-en-us-0.22-lgraph",
        about="US English, large",
        size=130_557_655,
        licence="Apache-2.0",
        md5="2df36985f8ed8eb7b78476cadcdab48f",
        sha256="d9838b4aaa82a75c4a17f5aca300eaca129aaab2a7cbf951bafbb500eb9c4334",
    ),
    KnownModel(
        name="vosk-model-small-en-in-0.4",
        about="Indian English, small",
        size=37_573_330,
        licence="Apache-2.0",
        md5="62fd085f33c8c5fc01a235030e2a1fe3",
    ),
)

KNOWN = {model.name: model for model in _MODELS}
"""By name."""


def known_model(name: str) -> KnownModel:
    """The model of this name; raises UserError with the names there are."""
    if name not in KNOWN:
        raise UserError(f"{name}: no such model; known are {', '.join(KNOWN)}")
    return KNOWN[name]
