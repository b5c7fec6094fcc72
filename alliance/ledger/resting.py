"""Journals that rows of other rooms stand on: undone in the books alone, those rows would go on as before.

A room whose rows can go back whole registers how; every other room corrects by further entries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from alliance.ledger import errors, evidence
from alliance.ledger.models import Entry, LedgerJournal
from alliance.models import Membership


@dataclass(frozen=True, slots=True)
class WayBack:
    """How what stands on journals of a kind goes back with them.

    `refuse` raises Refused where something has come of it that does not go back with it; `undone` takes the
    rows back in the transaction that posted the reversal (reversal, who proposed, who agreed); `url` leads to
    the room.
    """

    refuse: Callable[[LedgerJournal], None]
    undone: Callable[[LedgerJournal, Membership, Membership], None]
    url: Callable[[LedgerJournal], str]


_ways: dict[str, WayBack] = {}


def register(kind: str, way: WayBack) -> None:
    """Say how journals of a kind go back; the same kind again replaces it. For an app's `ready()`."""
    _ways[kind] = way


def refuse_rested(journal: LedgerJournal) -> None:
    """Raise RoomRests when a payment, a correction or the like stands on the journal, and what the room
    refuses that can take its rows back.
    """
    if journal.kind in _ways:
        _ways[journal.kind].refuse(journal)
    elif what := resting_on(journal):
        raise errors.RoomRests(what=what, journal=journal.pk)


def undone(reversal: LedgerJournal, by: Membership, second: Membership) -> None:
    """What stood on the journal reversed goes back with it; in the transaction of the reversal."""
    assert reversal.reverses is not None, "a reversal names its journal"
    if reversal.reverses.kind in _ways:
        _ways[reversal.reverses.kind].undone(reversal, by, second)


def room(journal: LedgerJournal) -> str:
    """The address of the room whose rows stand on the journal; "" where it has none."""
    if journal.kind in _ways:
        return _ways[journal.kind].url(journal)
    entry = Entry.objects.filter(journal=journal, evidence_id__isnull=False).order_by("number").first()
    return evidence.url(entry.evidence_kind, entry.evidence_id) if entry is not None else ""


def resting_on(journal: LedgerJournal) -> str:
    """What kind of row of another room names the journal as its own posting, in words; "" when none does."""
    for relation in LedgerJournal._meta.get_fields(include_hidden=True):
        model = relation.related_model
        if not relation.one_to_many or model in (Entry, LedgerJournal) or not isinstance(model, type):
            continue
        if model.objects.filter(**{relation.field.name: journal}).exists():  # type: ignore[attr-defined, union-attr]
            return str(model._meta.verbose_name)  # type: ignore[attr-defined]
    return ""
