"""A draft of next year's scheme in the demonstration, tried on its months for the council."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.tenancy.scope import act_in
from performance.demonstration.ground import Ground
from performance.engine import editing
from performance.services import drafts, schemes, trials

# Points of 100 that move from one indicator to another, by column of the demonstration's scheme.
MOVED = (
    ("lead", "cmi", "mean_stay"),
    ("county_member", "cmi", "cost_change"),
    ("township", "cost_change", "cmi"),
)
POINTS = Decimal(5)


def load(base: Ground, today: date) -> str:
    """Copy the scheme in force, move some weights, try it on the settled months; a line of the report."""
    office, now = base.office[0], datetime.combine(today, time(16, 30), SHANGHAI)
    with act_in(base.alliance), transaction.atomic():
        version = schemes.in_force(Month.of(today))
        assert version is not None, "a scheme is adopted before the months are computed"
        draft = drafts.copy(
            by=office,
            base=version,
            label=f"{today.year + 1}-1",
            from_date=date(today.year + 1, 1, 1),
            now=now,
        )
        scheme = draft.scheme()
        held = {
            (column.code, item.indicator): item.weight for column in scheme.columns for item in column.items
        }
        for column, giver, taker in MOVED:
            if (column, giver) in held and (column, taker) in held:
                held[column, giver] -= POINTS
                held[column, taker] += POINTS
        draft = drafts.change(
            by=office, draft=draft, scheme=editing.weigh(scheme, held), now=now, version=draft.version
        )
        trial = trials.report(by=office, draft=draft, now=now)
        return f"{draft} tried on {len(trial.months)} months"
