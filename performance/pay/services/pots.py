"""The second distribution (practice.md 4): a group's plan, shown three days, answered, submitted, posted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Membership, Staff
from alliance.services import calendar, journal, parameters, steps
from performance.engine.pay.flow import persons
from performance.models import PayLine, PayMember, PayPlan, PayPool, PayPot, PayReply
from performance.models.pay import DISTRIBUTE
from performance.pay.refusals import PotRefused
from performance.pay.services import posting

State = PayPot.State
SHORTEST = 4  # characters of minutes and of a reason


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a group agreed on: points of every person of the pot, who was there, when, the minutes; `as_in`
    is the earlier month's plan (pk) whose points were proposed and taken unchanged.
    """

    points: Mapping[int, Decimal]
    group: Sequence[int]
    agreed_on: date
    minutes: str
    as_in: int | None = None
    zero_why: str = ""  # why somebody who worked here gets no points


@dataclass(frozen=True)
class Proposal:
    """Points a plan begins with, by staff; `of` is the earlier month's plan they come from, if they do."""

    points: Mapping[int, Decimal]
    of: PayPlan | None = None

    def taken(self, points: Mapping[int, Decimal]) -> int | None:
        """The plan (pk) whose points a group took as they were proposed; None where it gave others."""
        return self.of.pk if self.of is not None and dict(points) == dict(self.points) else None


def points_of(pot: PayPot) -> dict[int, Decimal]:
    """Points by the roster of everybody who worked here, by staff."""
    return {staff: Decimal(points) for staff, points in pot.people}


def group_least(pot: PayPot) -> int:
    """How many must agree; where one person has the whole pot, or each a sum by name, there is nothing to
    agree on.
    """
    return group_min(pot.pool.period) if len(pot.people) > 1 and not pot.by_name else 0


def in_full(pot: PayPot, agreed: Agreed) -> None:
    """Everybody of the pot has points; where it pays by name, those of the sheet. Who worked here gets none
    only with a reason, which the department reads. Raises PotRefused (people, named, zero_why).
    """
    own = points_of(pot)
    if set(agreed.points) != set(own):
        raise PotRefused("people")
    if pot.by_name and dict(agreed.points) != own:
        raise PotRefused("named")
    none = [pk for pk, points in agreed.points.items() if not points and own[pk]]
    if any(agreed.points.values()) and none and len(agreed.zero_why.strip()) < SHORTEST:
        names = Staff.objects.filter(pk__in=none).order_by("code").values_list("name", flat=True)
        raise PotRefused("zero_why", names="、".join(names), least=SHORTEST)


def group_min(month: Month) -> int:
    """How many persons a group of a month has at least."""
    return int(str(parameters.in_force("second_distribution.group_min", on=month.last_day)))


@transaction.atomic
def write(
    *, by: Membership, pot: PayPot, agreed: Agreed, now: datetime, version: int | None = None
) -> PayPot:
    """Keep a plan as the pot's next revision, with every person's line; the lines add up to the pot.

    Raises PermissionDenied, PotRefused (pool, people, named, zero_why, group, strangers, minutes, agreed_on,
    before),
    PayRefused (points, nobody), Stale.
    """
    step = steps.admitted("write", by=by, row=pot, version=version)
    if pot.pool.state != PayPool.State.POSTED:
        raise PotRefused("pool")
    group = group_of(pot, agreed, now, group_least(pot))
    people = {row.pk: row for row in Staff.objects.filter(pk__in=[pk for pk, _points in pot.people])}
    keys = {pk: f"{row.code}/{pk}" for pk, row in people.items()}
    in_full(pot, agreed)
    last = PayPlan.objects.filter(pot=pot).aggregate(last=Max("revision"))["last"] or 0
    plan: PayPlan = PayPlan.objects.create(
        pot=pot, revision=last + 1, agreed_on=agreed.agreed_on, minutes=agreed.minutes.strip(), made_by=by,
        made_at=now, as_in_id=agreed.as_in, zero_why=agreed.zero_why.strip(),
    )  # fmt: skip
    PayMember.objects.bulk_create(PayMember(plan=plan, staff_id=pk) for pk in group)
    PayLine.objects.bulk_create(lines_of(plan, agreed.points, keys))
    moved: PayPot = steps.take(
        step, by=by, row=pot, verb="pay.plan_written", plan=plan, said={"revision": plan.revision}
    )
    return moved


def lines_of(plan: PayPlan, points: Mapping[int, Decimal], keys: Mapping[int, str]) -> Iterator[PayLine]:
    """Everybody's line of a plan, unsaved; `keys` name the persons, by staff, and break ties of the last fen.

    Raises PayRefused (points, nobody).
    """
    pot = plan.pot
    found = persons(str(pot), pot.fen, {keys[pk]: given for pk, given in points.items()})
    shares = {share.code: share for share in found.shares}
    for pk, given in points.items():
        share = shares[keys[pk]]
        yield PayLine(
            plan=plan, pot=pot, staff_id=pk, points=given, fen=share.fen, quota=share.quota,
            remainder_rank=share.remainder_rank, got_extra_fen=share.got_extra_fen,
        )  # fmt: skip


def group_of(
    pot: PayPot, agreed: Agreed, now: datetime, least: int, known: Mapping[int, Staff] | None = None
) -> list[int]:
    """Who agreed: people of the pot or of its institution, at least so many.

    They met in the month paid for or later. `known`: staff already read. Raises PotRefused (group, strangers,
    minutes, agreed_on, before).
    """
    group = sorted(set(agreed.group))
    if len(group) < least:
        raise PotRefused("group", least=least)
    own = {pk for pk, _points in pot.people}
    if known is None:
        known = {row.pk: row for row in Staff.objects.filter(pk__in=set(group) - own)}
    others = [known[pk] for pk in group if pk not in own and pk in known]
    strangers = [row.name for row in others if row.institution_id != pot.institution_id]
    if strangers:
        raise PotRefused("strangers", names="、".join(strangers))
    if len(agreed.minutes.strip()) < SHORTEST:
        raise PotRefused("minutes", least=SHORTEST)
    if agreed.agreed_on > timezone.localdate(now):
        raise PotRefused("agreed_on")
    if agreed.agreed_on < pot.pool.month:
        raise PotRefused("before", day=agreed.agreed_on, month=pot.pool.period)
    return group


@transaction.atomic
def show(*, by: Membership, pot: PayPot, now: datetime, version: int | None = None) -> PayPot:
    """Show the plan to everybody of the pot for the days of the parameter. Raises PermissionDenied, Stale."""
    step = steps.admitted("show", by=by, row=pot, version=version)
    days = parameters.in_force("second_distribution.shown_days", on=timezone.localdate(now))
    until = calendar.deadline(now, f"D{days}").due_at
    shown: PayPot = steps.take(step, by=by, row=pot, verb="pay.plan_shown", now=now, shown_until=until)
    return shown


@transaction.atomic
def take_back(*, by: Membership, pot: PayPot, why: str, version: int | None = None) -> PayPot:
    """Change a plan that is being shown. Raises PermissionDenied, PotRefused (why), Stale."""
    return _back("take_back", by, pot, why, version, verb="pay.plan_taken_back")


@transaction.atomic
def send_back(*, by: Membership, pot: PayPot, why: str, version: int | None = None) -> PayPot:
    """The office does not post a submitted plan. Raises PermissionDenied, PotRefused (why), Stale."""
    return _back("send_back", by, pot, why, version, verb="pay.plan_sent_back")


def _back(name: str, by: Membership, pot: PayPot, why: str, version: int | None, *, verb: str) -> PayPot:
    step = steps.admitted(name, by=by, row=pot, version=version)
    if not why.strip():
        raise PotRefused("why")
    moved: PayPot = steps.take(
        step, by=by, row=pot, verb=verb, remark=why, shown_at=None, shown_until=None, submitted_by=None,
        submitted_at=None,
    )  # fmt: skip
    return moved


@transaction.atomic
def reply(*, by: Membership, pot: PayPot, agrees: bool, text: str, now: datetime) -> PayReply:
    """A person of the pot agrees or objects while the plan is shown; each once.

    Raises PermissionDenied (no line here), PotRefused (not_shown, why, said).
    """
    if pot.state != State.SHOWN:
        raise PotRefused("not_shown")
    plan = pot.plan_id
    assert plan is not None, "what is shown has a plan"
    line = PayLine.objects.filter(plan=plan, staff__user=by.user_id).first()
    if line is None:
        raise PermissionDenied(_("Only who has a line in this plan answers it."))
    if not agrees and not text.strip():
        raise PotRefused("why")
    try:
        with transaction.atomic():
            row: PayReply = PayReply.objects.create(
                plan_id=plan, staff_id=line.staff_id, agrees=agrees, given_at=now,
                text="" if agrees else text.strip(),
            )  # fmt: skip
    except IntegrityError as error:
        if "a plan is answered while it is shown" in str(error):
            raise PotRefused("not_shown") from None
        if "payreply_once" not in str(error):
            raise
        raise PotRefused("said") from None
    journal.write(by=by, verb="pay.agreed" if agrees else "pay.objected", about=pot)
    return row


@transaction.atomic
def answer(*, by: Membership, pot: PayPot, row: PayReply, upheld: bool, text: str, now: datetime) -> PayPot:
    """Answer an objection; upheld, the plan is taken back to be changed.

    Raises PermissionDenied, PotRefused (why, own, answered, not_shown).
    """
    if "head" not in pot.sides_of(by) or not by.can(DISTRIBUTE):
        raise PermissionDenied(_("This step belongs to the other side or to another role."))
    if row.staff.user_id == by.user_id:
        raise PotRefused("own")
    if pot.state != State.SHOWN or row.plan_id != pot.plan_id:
        raise PotRefused("not_shown")
    if not text.strip():
        raise PotRefused("why")
    waiting = PayReply.objects.filter(pk=row.pk, agrees=False, answered_at=None)
    if not waiting.update(upheld=upheld, answer=text.strip(), answered_by=by, answered_at=now):
        raise PotRefused("answered")
    journal.write(by=by, verb="pay.objection_answered", about=pot, upheld=upheld)
    return take_back(by=by, pot=pot, why=text) if upheld else pot


def objections(pot: PayPot) -> Any:
    """Objections to the plan that counts which nobody has answered."""
    return PayReply.objects.filter(plan=pot.plan_id, agrees=False, answered_at=None)


@transaction.atomic
def submit(*, by: Membership, pot: PayPot, now: datetime, version: int | None = None) -> PayPot:
    """Hand the plan to the office after its days. Raises PermissionDenied, PotRefused (early, objections),
    Stale.
    """
    step = steps.admitted("submit", by=by, row=pot, version=version)
    assert pot.shown_until is not None
    if now < pot.shown_until:
        raise PotRefused("early", until=pot.shown_until)
    if open_ones := objections(pot).count():
        raise PotRefused("objections", n=open_ones)
    moved: PayPot = steps.take(step, by=by, row=pot, verb="pay.plan_submitted", now=now, submitted_by=by)
    return moved


@transaction.atomic
def post(*, by: Membership, pot: PayPot, now: datetime, version: int | None = None) -> PayPot:
    """The office has checked it: every person's amount goes into the books.

    Raises PermissionDenied, PotRefused (same_person), Stale, and what the ledger raises.
    """
    step = steps.admitted("post", by=by, row=pot, version=version)
    assert pot.submitted_by is not None
    if pot.submitted_by.user_id == by.user_id:
        raise PotRefused("same_person")
    posted = posting.pot(pot, by=pot.submitted_by, second=by, now=now)
    moved: PayPot = steps.take(
        step, by=by, row=pot, verb="pay.pot_posted", journal=posted.journal,
        said={"fen": pot.fen, "journal": posted.journal.pk},
    )  # fmt: skip
    return moved
