"""From an entry down to what caused it: rooms above register how their evidence is reached.

An entry names its evidence as (kind, id), because the ledger may not know the models of the rooms above it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

UrlBuilder = Callable[[int], str]


@dataclass(frozen=True)
class Kind:
    """One kind of evidence: where it opens, and its name on pages (lazily translated)."""

    url: UrlBuilder
    name: str | Promise


_kinds: dict[str, Kind] = {}
_journals: dict[str, str | Promise] = {}
_reasons: dict[str, str | Promise] = {}
_values: dict[str, Mapping[str, str | Promise]] = {}


def register(kind: str, url_builder: UrlBuilder, name: str | Promise = "") -> None:
    """Say how evidence of a kind is reached; the same kind again replaces it. For an app's `ready()`."""
    _kinds[kind] = Kind(url_builder, name or kind)


def name_journals(kind: str, name: str | Promise) -> None:
    """Give the journals of a kind their name on pages."""
    _journals[kind] = name


def name_reasons(names: Mapping[str, str | Promise]) -> None:
    """Give parts of the reasons of a room's entries, factors of its weights among them, their words."""
    _reasons.update(names)


def name_values(values: Mapping[str, Mapping[str, str | Promise]]) -> None:
    """Give the codes a part of a reason can be their words: part -> code -> word."""
    _values.update(values)


def url(kind: str, evidence_id: int | None) -> str:
    """The address of the evidence; '' where nobody registered the kind or there is no evidence."""
    return _kinds[kind].url(evidence_id) if kind in _kinds and evidence_id is not None else ""


def name(kind: str) -> str:
    """The name of a kind of evidence in the language of the page."""
    return str(_kinds[kind].name) if kind in _kinds else kind


def journal_name(kind: str) -> str:
    """The name of a kind of journal in the language of the page."""
    return str(_journals.get(kind, kind))


def reason_name(key: str) -> str:
    """The word for a part of a reason, as its room gave it; the key itself where none did."""
    return str(_reasons.get(key, key))


def reason_value(key: str, value: object) -> str | None:
    """The word for the code a part of a reason is; None where its room gave none."""
    found = _values.get(key, {}).get(str(value))
    return None if found is None else str(found)
