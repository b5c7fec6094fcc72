"""Catalogues of translations: one .po file a room, merged and compiled without a tool of the machine."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from alliance.lib.refusal import Refused

# One date for every compilation: the same parts give the same bytes.
UNDATED = datetime(2026, 1, 1, tzinfo=UTC)


class CatalogueRefused(Refused):
    """A part cannot be read; the sentence names the file."""

    reasons = {"unreadable": "%(file)s is not a catalogue: %(why)s."}


@dataclass
class Merged:
    """One catalogue of all parts, and what is wrong with them, one sentence each."""

    catalogue: Catalog
    faults: list[str] = field(default_factory=list)


def merge(parts: Iterable[Path], locale: str = "zh_Hans") -> Merged:
    """Merge parts, in the order of their names, by the plural rule of Django's Chinese catalogue (one form).

    A message two parts translate alike appears once. Faults: a message translated in two ways (the first
    stays), a translation whose %(name)s places differ from the message's (left out). Raises
    CatalogueRefused (unreadable).
    """
    merged = Merged(
        Catalog(locale=locale, project="Xietong", creation_date=UNDATED, revision_date=UNDATED, fuzzy=False)
    )
    for part in sorted(parts):
        for message in _read(part, locale):
            fault = _fault(merged.catalogue, message)
            if fault:
                merged.faults.append(f"{part.name}: “{_key(message)}” {fault}")
            else:
                merged.catalogue.add(message.id, message.string, context=message.context)
    return merged


def _read(part: Path, locale: str) -> list[Message]:
    try:
        with part.open("rb") as file:
            found = read_po(file, locale=locale, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as why:
        raise CatalogueRefused("unreadable", file=part.name, why=str(why)) from None
    return [message for message in found if message.id and message.string and not message.fuzzy]


def _fault(catalogue: Catalog, message: Message) -> str:
    """What keeps a message out of the catalogue; nothing when it may come in."""
    before = catalogue.get(_key(message), message.context)
    if before is not None and before.string != message.string:
        return f"is “{message.string}” here, “{before.string}” in an earlier part"
    errors = [str(error) for error in message.check(catalogue)]
    return errors[0] if errors else ""


def _key(message: Message) -> str:
    """The id a catalogue finds a message by: of a plural one, its singular."""
    return message.id if isinstance(message.id, str) else str(message.id[0])


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue in the form gettext loads (.mo)."""
    body = BytesIO()
    write_mo(body, catalogue)
    return body.getvalue()


def store(catalogue: Catalog, target: Path) -> bool:
    """Write the compiled catalogue whole or not at all; return whether the file had to change."""
    body = compiled(catalogue)
    if target.exists() and target.read_bytes() == body:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(f".{os.getpid()}.draft")
    draft.write_bytes(body)
    draft.replace(target)
    return True
