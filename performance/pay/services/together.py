"""Many pots of one institution at once: what its groups agreed on, handed in as one list (practice.md 4).

Each pot keeps its own plan, its days before its people, its journal: the rules of `pots`, in statements whose
number does not grow with the pots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from alliance.ledger.models import LedgerJournal
from alliance.models import Membership, Staff
from alliance.models.base import Stale
from alliance.services import calendar, journal, parameters, steps
from performance.models import PayLine, PayMember, PayPlan, PayPool, PayPot, PayReply
from performance.pay.refusals import PotRefused
from performance.pay.services import posting
from performance.pay.services.pots import Agreed, group_min, group_of, in_full, lines_of

State = PayPot.State
BATCH = 1_000


@transaction.atomic
def write(*, by: Membership, plans: Sequence[tuple[PayPot, Agreed]], now: datetime) -> None:
    """Keep the first plan of each pot with every person's line; each adds up to its pot.

    Raises PermissionDenied, PotRefused (pool, people, named, zero_why, group, strangers, minutes, agreed_on,
    before),
    PayRefused (points, nobody), Stale.
    """
    pots = [pot for pot, _agreed in plans]
    _open_now("write", by, pots, State.OPEN)
    if PayPool.objects.filter(pk__in={pot.pool_id for pot in pots}).exclude(state="posted").exists():
        raise PotRefused("pool")
    asked = {pk for pot, agreed in plans for pk in (*agreed.group, *(one for one, _points in pot.people))}
    known = {row.pk: row for row in Staff.objects.filter(pk__in=asked)}
    least = {month: group_min(month) for month in {pot.pool.period for pot in pots}}
    groups = [
        group_of(
            pot, agreed, now, least[pot.pool.period] if len(pot.people) > 1 and not pot.by_name else 0, known
        )
        for pot, agreed in plans
    ]
    keys = {pk: f"{row.code}/{pk}" for pk, row in known.items()}
    for pot, agreed in plans:
        in_full(pot, agreed)
    made = PayPlan.objects.bulk_create(
        PayPlan(pot=pot, revision=1, agreed_on=agreed.agreed_on, minutes=agreed.minutes.strip(), made_by=by,
                made_at=now, as_in_id=agreed.as_in, zero_why=agreed.zero_why.strip())
        for pot, agreed in plans
    )  # fmt: skip
    PayMember.objects.bulk_create(
        (PayMember(plan=plan, staff_id=pk) for plan, group in zip(made, groups, strict=True) for pk in group),
        batch_size=BATCH,
    )
    lines = (lines_of(plan, agreed.points, keys) for plan, (_pot, agreed) in zip(made, plans, strict=True))
    PayLine.objects.bulk_create((line for own in lines for line in own), batch_size=BATCH)
    newest = PayPlan.objects.filter(pot=OuterRef("pk")).order_by("-revision").values("pk")[:1]
    _move("write", by, pots, State.OPEN, State.DRAFTED, "pay.plan_written", plan=Subquery(newest))


@transaction.atomic
def show(*, by: Membership, pots: Sequence[PayPot], now: datetime) -> None:
    """Show all plans to their people for the days of the parameter. Raises PermissionDenied, Stale."""
    _open_now("show", by, pots, State.DRAFTED)
    days = parameters.in_force("second_distribution.shown_days", on=timezone.localdate(now))
    until = calendar.deadline(now, f"D{days}").due_at
    _move("show", by, pots, State.DRAFTED, State.SHOWN, "pay.plan_shown", shown_at=now, shown_until=until)


@transaction.atomic
def submit(*, by: Membership, pots: Sequence[PayPot], now: datetime) -> None:
    """Hand the plans to the office after their days. Raises PermissionDenied, PotRefused (early, objections),
    Stale.
    """
    _open_now("submit", by, pots, State.SHOWN)
    until = max(pot.shown_until for pot in pots if pot.shown_until is not None)
    if now < until:
        raise PotRefused("early", until=until)
    plans = [pot.plan_id for pot in pots]
    if open_ones := PayReply.objects.filter(plan__in=plans, agrees=False, answered_at=None).count():
        raise PotRefused("objections", n=open_ones)
    _move("submit", by, pots, State.SHOWN, State.SUBMITTED, "pay.plan_submitted", submitted_by=by,
          submitted_at=now)  # fmt: skip


@transaction.atomic
def post(*, by: Membership, pots: Sequence[PayPot], now: datetime) -> None:
    """The office has checked them: every person's amount goes into the books, a journal a pot.

    The pots are of one month and were submitted by one person. Raises PermissionDenied, PotRefused
    (same_person), Stale, and what the ledger raises.
    """
    _open_now("post", by, pots, State.SUBMITTED)
    (who,) = {pot.submitted_by for pot in pots}
    assert who is not None, "what is submitted names who did"
    if who.user_id == by.user_id:
        raise PotRefused("same_person")
    posting.pots(pots, by=who, second=by, now=now)
    key = Concat(Value(f"{posting.POT}:"), Cast(OuterRef("pk"), CharField()))
    written = LedgerJournal.objects.filter(key=key).values("pk")[:1]
    _move("post", by, pots, State.SUBMITTED, State.POSTED, "pay.pot_posted", journal=Subquery(written))


def _open_now(name: str, by: Membership, pots: Sequence[PayPot], state: str) -> None:
    """Every pot admits the member and is where the step begins; held. Raises PermissionDenied, Stale."""
    for pot in pots:
        steps.require(name, by=by, row=pot)
    held = PayPot.objects.select_for_update(of=("self",)).filter(pk__in=[pot.pk for pot in pots], state=state)
    if len(held.values_list("pk")) != len(pots):
        raise Stale(pots[0])


def _move(
    name: str, by: Membership, pots: Sequence[PayPot], before: str, after: str, verb: str, **change: Any
) -> None:
    """All pots or none, by a conditional update, with their lines in the journal and their history."""
    rows = PayPot.objects.filter(pk__in=[pot.pk for pot in pots], state=before)
    if rows.update(state=after, version=F("version") + 1, **change) != len(pots):
        raise Stale(pots[0])
    said: Mapping[str, object] = {"together": len(pots)}
    journal.write_all(by=by, verb=verb, said=[(pot, dict(said)) for pot in pots])
    journal.steps_all(by=by, about=pots, name=name, before=before, after=after)
