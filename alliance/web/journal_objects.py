"""What a journal entry is about, as people call it: kind, name, and the page where the reader may open it.

The ledger of kinds is data (data/objects.toml): the journal lies below the rooms and knows their things by
label only. Names are shown to those only who may open the page.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch
from django.utils.text import capfirst

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import words
from alliance.web.access import way

FILE = Path(__file__).parent.parent / "data" / "objects.toml"
Key = tuple[str, int]  # label of the model, number of the row


@dataclass(frozen=True)
class Kind:
    """One kind of thing: the name of its page, the fields of its address and of its name; "" for none."""

    page: str = ""
    by: str = "pk"
    name: str = ""


@dataclass(frozen=True)
class Named:
    """A thing as the reader meets it: "case 1203-77" and its address, or "" where it does not open."""

    text: str
    url: str = ""


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """All kinds by the label of their model."""
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {label: Kind(**entry) for label, entry in found.items()}


def kind_word(label: str) -> str:
    """The kind in the language of the page; the label itself of a model that is gone."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


def of_page(name: str) -> str:
    """The kind of thing that a page shows, by the page's name, in the language of the reader.

    A page below the page of a thing ("complaint-act") is of that kind; of other pages the name itself.
    """
    plain = name.removeprefix("api:")
    pages = {kind.page: label for label, kind in kinds().items() if kind.page}
    above = [page for page in pages if plain == page or plain.startswith(f"{page}-")]
    return kind_word(pages[max(above, key=len)]) if above else plain


def named(about: Iterable[Key], reader: Membership) -> dict[Key, Named]:
    """Every thing with its name and address for this reader; at most one query a kind."""
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for label, number in about:
        numbers[label].add(number)
    return {key: one for label, ids in numbers.items() for key, one in _of_kind(label, ids, reader)}


def _of_kind(label: str, ids: set[int], reader: Membership) -> Iterable[tuple[Key, Named]]:
    kind, word = kinds().get(label, Kind()), capfirst(kind_word(label))
    rows = _rows(label, kind, ids) if kind.name or kind.by != "pk" else {}
    for number in ids:
        by, name = rows.get(number, (number if kind.by == "pk" else None, ""))
        url = _address(reader, kind.page, by) if kind.page and by is not None else ""
        shown = name if name and (url or not kind.page) else number
        yield (label, number), Named(f"{word} {shown}", url)


def _rows(label: str, kind: Kind, ids: set[int]) -> dict[int, tuple[Any, str]]:
    """Number -> what fills the address, the name."""
    fields = ("pk", kind.by, kind.name or "pk")
    found = apps.get_model(label)._default_manager.filter(pk__in=ids).values_list(*fields)
    return {pk: (_plain(by), _shown(name) if kind.name else "") for pk, by, name in found}


def _plain(value: Any) -> Any:
    return str(Month.of(value)) if isinstance(value, date) else value


def _shown(value: Any) -> str:
    if not isinstance(value, date):
        return str(value)
    return words.month(value) if value.day == 1 else words.day(value)


def _address(reader: Membership, page: str, by: Any) -> str:
    try:
        return way(reader, page, by)
    except NoReverseMatch:
        return ""
