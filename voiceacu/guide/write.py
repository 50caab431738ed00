"""Writes the guide: a page and two pictures."""

from pathlib import Path

from voiceacu.content.files import data_folder
from voiceacu.content.model import Library
from voiceacu.errors import UserError
from voiceacu.guide.drawing import load_drawings
from voiceacu.guide.page import as_page, order
from voiceacu.guide.pictures import draw_card, draw_maps
from voiceacu.guide.words import Words, load_words
from voiceacu.nlu.phrases import PhraseTable


def write_guide(
    library: Library, table: PhraseTable, folder: Path, data: Path | None = None
) -> list[Path]:
    """Write `guide.html`, `body-maps.png` and `what-to-say.png` into `folder`; their paths.

    `data` is the folder of `guide.yaml` and `drawings.yaml`, the product's own if None.
    Raises UserError for an error in these files and for a folder that cannot be written.
    """
    source = data or data_folder()
    words = load_words(source / "guide.yaml")
    _check_intents(words, table, source / "guide.yaml")
    drawings = load_drawings(source / "drawings.yaml")
    page, maps, card = (folder / n for n in ("guide.html", "body-maps.png", "what-to-say.png"))
    text = as_page(library, table, words, drawings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
        draw_maps(drawings, order(library), maps)
        draw_card(words, table, card)
    except OSError as error:
        raise UserError(
            f"{folder}: the guide cannot be written ({error.strerror or error}); "
            "name another folder with --out"
        ) from error
    return [page, maps, card]


def _check_intents(words: Words, table: PhraseTable, path: Path) -> None:
    known = {command.intent for command in table.commands}
    for group in words.say.groups:
        for intent in group.intents:
            if intent not in known:
                raise UserError(
                    f"{path.name}: say.groups: no intent is called '{intent}'; see "
                    "`voiceacu commands --json`"
                )
