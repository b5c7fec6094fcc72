"""What was found becomes declared values of the quarter, which the office confirms (S3-33).

The door of all facts stays one: a month counts the confirmed value. What the institution itself declared of
the same fact and has not been confirmed falls; a confirmed one is corrected by the next revision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from alliance.models import Attachment, Institution, Membership
from alliance.services import steps
from performance.declared import book
from performance.declared.services.deciding import move
from performance.declared.services.entering import note
from performance.declared.services.proving import attach
from performance.engine.spans import Span
from performance.models import DeclaredValue, OnsiteSignature
from performance.onsite.facts import OnsiteFact, onsite_facts

Row = DeclaredValue
State = Row.State
# How a value on its way falls, from each state.
FALLS: Mapping[str, tuple[str, ...]] = {
    State.ENTERED: ("withdraw",), State.SUBMITTED: ("send_back", "give_up"), State.RETURNED: ("give_up",),
}  # fmt: skip


@transaction.atomic
def deliver(*, by: Membership, place: Institution, span: Span, now: datetime) -> list[Row]:
    """Submit what signed visits say of an institution and quarter; only what changed since.

    The signatures of the visits are its evidence.
    """
    found = {key: one for key, one in onsite_facts(place, span).items() if _quarterly(key)}
    before = _before(place, span, found)
    wanted = {}
    for key, one in found.items():
        rows = before.get(key, [])
        last = next((row for row in reversed(rows) if row.state in (*Row.OPEN, State.CONFIRMED)), None)
        if last is None or last.value != Decimal(one.value) or last.way != Row.Way.VISIT:
            wanted[key] = one
    for key in wanted:
        for row in before.get(key, []):
            if row.state in Row.OPEN:
                _fall(by, row)
    made = [_row(by, place, span, one, before.get(key, []), now) for key, one in wanted.items()]
    if not made:
        return []
    Row.objects.bulk_create(made)
    note(by, "declared.entered", made)
    attach(by=by, values=made, kept=_signed(made[0], span), now=now)
    return move(made, "submit", by, submitted_by=by, submitted_at=now)


def _quarterly(key: str) -> bool:
    return book.often().get(key) == "quarter"


def _before(place: Institution, span: Span, keys: Mapping[str, OnsiteFact]) -> Mapping[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    known = Row.objects.filter(
        level=Row.Level.INSTITUTION, institution=place, fact__in=keys, frequency=span.frequency,
        first_day=span.first.first_day,
    )  # fmt: skip
    for row in known.order_by("revision"):
        rows.setdefault(row.fact, []).append(row)
    return rows


def _fall(by: Membership, row: Row) -> None:
    why = _("The on-site assessment of the quarter takes its place.")
    for name in FALLS[row.state]:
        step = steps.open_now(name, row, None)
        row = steps.take(step, by=by, row=row, verb="declared.withdrawn", remark=why, why=why)


def _row(
    by: Membership, place: Institution, span: Span, one: OnsiteFact, before: Sequence[Row], now: datetime
) -> Row:
    return Row(
        level=Row.Level.INSTITUTION, institution=place, fact=one.key, frequency=span.frequency,
        first_day=span.first.first_day, revision=before[-1].revision + 1 if before else 1,
        value=Decimal(one.value), responsible=str(by.user), way=Row.Way.VISIT, needs_proof=True,
        note=_("From %(n)d items of the on-site assessment.") % {"n": len(one.ids)}, entered_by=by,
        entered_at=now,
    )  # fmt: skip


def _signed(row: Row, span: Span) -> list[Attachment]:
    """The signatures of the quarter's visits: what proves the numbers."""
    here = row.institution_id
    rows = OnsiteSignature.objects.filter(
        Q(visit__institution=here) | Q(visit__institution__parent=here),
        visit__quarter=span.first.first_day, visit__state="signed", file__isnull=False,
    ).select_related("file")  # fmt: skip
    return [one.file for one in rows]
