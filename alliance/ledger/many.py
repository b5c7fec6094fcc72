"""Many journals of one month in a few statements: the pots of an institution, a pool's pots taken back
(walls.md 2).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db import transaction

from alliance.ledger import errors, services
from alliance.ledger.models import Entry, LedgerJournal
from alliance.ledger.services import Line
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import journal as journals

BATCH = 1_000


@dataclass(frozen=True)
class NewJournal:
    """One journal to post: its key is never in the books twice; entries as `services.post` takes them."""

    key: str
    entries: Sequence[Line]
    text: str = ""


@transaction.atomic
def post_all(
    *, by: Membership, confirmed_by: Membership, month: Month, about_month: Month, kind: str,
    found: Sequence[NewJournal],
) -> list[LedgerJournal]:  # fmt: skip
    """Write all journals or none, each balanced by itself; what the database checks of one it checks of each.

    The journals come back in the order given. Raises what `services.post` raises of each, and KeyReused for a
    key that is in the books already. Source: walls.md section 2, N23-N27.
    """
    services.refuse_one_person(by, confirmed_by)
    for one in found:
        services.check_lines(one.entries)
    there = LedgerJournal.objects.filter(key__in=[one.key for one in found]).first()
    if there is not None:
        raise errors.KeyReused(key=there.key, journal=there.pk)
    head = partial(LedgerJournal, about_month=about_month.first_day, kind=kind, posted_by=by,
                   confirmed_by=confirmed_by)  # fmt: skip
    return _write(month, [(head(key=one.key, text=one.text), one.entries) for one in found])


@transaction.atomic
def reverse_all(
    *, by: Membership, confirmed_by: Membership, month: Month, journals: Sequence[LedgerJournal], text: str
) -> list[LedgerJournal]:  # fmt: skip
    """Undo journals by their mirror images in an open month, all or none (冲正).

    Raises AlreadyReversed (N28), SamePerson, NoPeriod, PeriodClosed.
    """
    services.refuse_one_person(by, confirmed_by)
    there = LedgerJournal.objects.filter(reverses__in=journals).first()
    if there is not None:
        raise errors.AlreadyReversed(journal=there.reverses_id, by=there.pk)
    lines: dict[int, list[Line]] = defaultdict(list)
    rows = Entry.objects.filter(journal__in=journals).select_related("account")
    for entry in rows.order_by("journal", "number"):
        lines[entry.journal_id].append(services.mirrored(entry))
    return _write(
        month, [(services.reversal_of(one, by, confirmed_by, text), lines[one.pk]) for one in journals]
    )


def _write(month: Month, found: Sequence[tuple[LedgerJournal, Sequence[Line]]]) -> list[LedgerJournal]:
    """Heads, then all entries, then the deed of each."""
    period = services.held_period(month)
    for head, lines in found:
        head.period_id, head.entries_count = period, len(lines)
        head.debit_fen = sum(line.fen for line in lines if line.fen > 0)
        head.body_digest = services.body_digest(head, month, lines)
    made = LedgerJournal.objects.bulk_create([head for head, _lines in found], batch_size=BATCH)
    Entry.objects.bulk_create(
        (
            Entry(journal=head, **services.entry_row(number, line))
            for head, (_head, lines) in zip(made, found, strict=True)
            for number, line in enumerate(lines, start=1)
        ),
        batch_size=BATCH,
    )  # fmt: skip
    if made:
        journals.write_all(by=made[0].posted_by, verb="ledger.posted", said=[
            (head, {"kind": head.kind, "entries": head.entries_count, "debit_fen": head.debit_fen,
                    "confirmed_by": head.confirmed_by_id})
            for head in made
        ])  # fmt: skip
    return list(made)
