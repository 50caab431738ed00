"""`voiceacu model list | download NAME | check PATH`."""

from argparse import Namespace
from collections.abc import Iterator

from voiceacu.app.terminal import as_json
from voiceacu.asr.catalogue import KNOWN
from voiceacu.asr.download import download_model
from voiceacu.asr.models import installed_models, vocabulary
from voiceacu.asr.probe import try_model
from voiceacu.settings import Settings

MEGABYTE = 1_000_000


def model(_settings: Settings, arguments: Namespace) -> int:
    """Do what was asked for with models."""
    match arguments.action:
        case "list":
            _list(arguments.json)
        case "check":
            try_model(arguments.path)
            words = len(vocabulary(arguments.path))
            record: dict[str, object] = {"path": str(arguments.path), "ok": True, "words": words}
            line = f"{arguments.path}: fit for use, {words} words"
            print(as_json(record) if arguments.json else line)
        case "download":
            print(download_model(arguments.name))
    return 0


def _list(json: bool) -> None:
    for record in _records():
        if json:
            print(as_json(record))
            continue
        state = record["path"] or "to download"
        size = int(str(record["size"])) / MEGABYTE
        sha256 = str(record["sha256"])[:12]
        print(f"{record['name']:30} {size:6.1f} MB  {record['licence']:20} {sha256:12}  {state}")


def _records() -> Iterator[dict[str, object]]:
    """Models that are here and models that can be had."""
    installed = {path.name: path for path in installed_models()}
    for name, path in installed.items():
        if name not in KNOWN:
            size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
            licence = "see its README.md"
            yield {"name": name, "size": size, "licence": licence, "sha256": "", "path": str(path)}
    for known in KNOWN.values():
        yield {
            "name": known.name,
            "size": known.size,
            "licence": known.licence,
            "sha256": known.sha256 or "",
            "path": str(installed.get(known.name, "")),
        }
