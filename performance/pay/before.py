"""The plan of the same people the month before, and the points a plan begins with."""

from __future__ import annotations

from django.db.models import F

from performance.models import PayLine, PayPlan, PayPot
from performance.pay.services import pots


def last_plan(pot: PayPot) -> PayPlan | None:
    """The plan of the same people the month before: its points are a proposal, never taken by itself."""
    rows = PayPlan.objects.filter(
        pot__institution=pot.institution_id, pot__department=pot.department_id, pot__team=pot.team_id,
        pot__group=pot.group, pot__pool__kind=pot.pool.kind, pot__pool__month__lt=pot.pool.month,
        pot__state=PayPot.State.POSTED, pk=F("pot__plan"),
    )  # fmt: skip
    found: PayPlan | None = (
        rows.select_related("pot__pool").order_by("-pot__pool__month", "-revision").first()
    )
    return found


def proposal(pot: PayPot) -> pots.Proposal:
    """Points to begin with: of the plan so far, else of last month's plan, else by the roster."""
    before = None if pot.plan or pot.by_name else last_plan(pot)
    plan = pot.plan or before
    kept = dict(PayLine.objects.filter(plan=plan).values_list("staff", "points")) if plan else {}
    return pots.Proposal(
        {staff: kept.get(staff, points) for staff, points in pots.points_of(pot).items()}, before
    )
