"""Many journals of one month in a few statements: the pots of an institution (walls.md 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    period = services.held_period(month)
    heads = [_head(by, confirmed_by, period, month, about_month, kind, one) for one in found]
    made = LedgerJournal.objects.bulk_create(heads, batch_size=BATCH)
    Entry.objects.bulk_create(
        (
            Entry(journal=head, **services.entry_row(number, line))
            for head, one in zip(made, found, strict=True) for number, line in enumerate(one.entries, start=1)
        ),
        batch_size=BATCH,
    )  # fmt: skip
    journals.write_all(by=by, verb="ledger.posted", said=[
        (head, {"kind": kind, "entries": head.entries_count, "debit_fen": head.debit_fen,
                "confirmed_by": confirmed_by.pk})
        for head in made
    ])  # fmt: skip
    return list(made)


def _head(
    by: Membership, second: Membership, period: int, month: Month, about: Month, kind: str, one: NewJournal
) -> LedgerJournal:
    head = LedgerJournal(
        period_id=period, about_month=about.first_day, kind=kind, key=one.key, text=one.text, posted_by=by,
        confirmed_by=second, entries_count=len(one.entries),
        debit_fen=sum(line.fen for line in one.entries if line.fen > 0),
    )  # fmt: skip
    head.body_digest = services.body_digest(head, month, one.entries)
    return head
