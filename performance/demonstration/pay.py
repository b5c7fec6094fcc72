"""Pay of the demonstration: totals, rules, a source account; the first month paid down to persons, the next
under way, what institutions owe each other. New money in new records: the months before stay as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from alliance.approvals import services as approvals
from alliance.approvals.models import Decision
from alliance.demo import DemoAlliance
from alliance.ledger.facts import trial_balance
from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.models import Membership, Staff, User
from alliance.services.files import Upload
from alliance.tenancy.scope import act_in
from performance.demonstration import entitlement, uplift
from performance.demonstration.clock import acting, days_after
from performance.demonstration.ground import Ground
from performance.engine.pay.flow import FlowRule
from performance.models import PayFund, PayPool, PayPot
from performance.models.pay import PayKind
from performance.pay.refusals import PoolRefused
from performance.pay.services import between, entering, making, pools, pots, together

DECIDED = datetime(2026, 7, 27, 1, tzinfo=UTC)
RULE = FlowRule(
    (("doctor", Decimal("1.00")), ("nurse", Decimal("0.80")), ("technician", Decimal("0.85"))), Decimal("0.9")
)
FED, REWARD = 60_000_000, 36_000_000
BODY, DOCUMENT = "管理委员会", "医共体委〔2026〕17号"
HEADS = 2
PAID = 4  # pots of one institution that are paid or under way
WHOLE = "county"  # the kind of alliance that has a month paid down to everybody, closed and final
MINUTES = "小组按岗位系数和出勤商定分值，夜班、带教另行计入，全体同意。"


def load(base: Ground, demo: DemoAlliance) -> str:
    """Decide, make, agree, distribute; a line of the report."""
    months = [pool.month for pool in demo.pools[:-1]]  # the last one waits for its second person
    with act_in(base.alliance), transaction.atomic():
        _signed_in(demo)
        with acting(DECIDED):
            fund = _decide(base, demo, months[0])
        for month in months:
            at = days_after(month, 17)
            with acting(at):
                bonus = making.make_bonus(by=base.office[0], month=month, now=at)
            _agreed(base, bonus, month)
        _owed(base, months[-1])
        _reward(base, fund, months[-1])
        if packages := entitlement.load(base, fund, months[-1], days_after(months[-1], 16)):
            _agreed(base, packages, months[-1])
        uplift.load(base, months[0], days_after(months[-1], 19))
        for head in _heads(base):
            _distribute(base, head, months)
        if award := entitlement.award(base, fund, months[-1], days_after(months[-1], 27)):
            _agreed(base, award, months[-1], day=27)
        _agreed(base, entitlement.surplus(base, months[-1], days_after(months[-1], 27)), months[-1], day=28)
        if base.alliance.kind == WHOLE:
            _divide_the_rest(base, months[0])
        posted = PayPot.objects.filter(state="posted").count()
        sums = trial_balance()
        return (
            f"{PayPool.objects.count()} pools, {PayPot.objects.count()} pots, {posted} paid to persons; "
            f"ledger sum {yuan(sums.sum_fen)}"
        )


def _signed_in(demo: DemoAlliance) -> None:
    """People with a sign-in find their own lines."""
    named = {one.staff: one.username for one in demo.users if one.staff}
    users = dict(User.objects.filter(username__in=named.values()).values_list("username", "pk"))
    for code, username in named.items():
        Staff.objects.filter(code=code, user=None).update(user=users[username])


def _decide(base: Ground, demo: DemoAlliance, month: Month) -> PayFund:
    """Approved totals of institutions with a base, four rules, a source account with retained surplus."""
    office, second = base.office[0], base.office[1]
    for base_pay in (one for one in demo.pay_bases if one.month == month):
        row = entering.enter_total(
            by=office, institution=base.places[base_pay.institution], year=month.year, fen=base_pay.fen * 12,
            document="人社薪〔2026〕8号", now=DECIDED,
        )  # fmt: skip
        entering.confirm(by=second, row=row, now=DECIDED)
    team = replace(RULE, team_percent=Decimal(60))
    kinds = (PayKind.BONUS, PayKind.REWARD, PayKind.AWARD, PayKind.SURPLUS)
    for kind, rule in ((one, team if one == PayKind.REWARD else RULE) for one in kinds):
        made = entering.enter_rule(
            by=office, kind=kind, from_month=month, rule=rule, decided_by=f"{BODY} {DOCUMENT}", now=DECIDED
        )
        entering.confirm(by=second, row=made, now=DECIDED)
    fund = entering.open_fund(by=office, code="retained", name="结余留用资金", source="retained", now=DECIDED)
    scan = Upload("结余留用分配决定.pdf", [b"%PDF-1.4\n%%EOF\n"], "application/pdf", 1 << 20)
    fed = entering.enter_fund(
        by=office,
        fund=fund,
        day=month.first_day,
        fen=FED,
        document=DOCUMENT,
        body=BODY,
        scan=scan,
        now=DECIDED,
    )
    entering.confirm_fund(by=second, row=fed, now=DECIDED)
    return fund


def _agreed(base: Ground, pool: PayPool, month: Month, day: int = 18) -> None:
    at = days_after(month, day, 10)
    with acting(at):
        approval = pools.propose(by=base.office[0], pool=pool, today=at.date())
    with acting(days_after(month, day, 16)):
        approvals.decide(by=base.office[1], approval=approval, verdict=Decision.Verdict.YES)


def _owed(base: Ground, month: Month) -> None:
    """What institutions owe each other; a month without such a fact has no such pool."""
    for kind in (PayKind.TRANSFER, PayKind.RETURN, PayKind.SERVICE):
        at = days_after(month, 17, 10)
        try:
            with acting(at):
                pool = between.make(by=base.office[0], month=month, kind=kind, now=at)
        except PoolRefused:
            continue
        _agreed(base, pool, month)


def _reward(base: Ground, fund: PayFund, month: Month) -> None:
    """The DRG reward of family doctors out of retained surplus, of townships and community centres."""
    places = [one.pk for one in base.places.values() if one.kind in ("township", "community")]
    at = days_after(month, 17, 11)
    with acting(at):
        pool = making.make_from_fund(
            by=base.office[0], month=month, kind=PayKind.REWARD,
            fund=fund, fen=REWARD, name="家庭医生 DRG 贡献奖励", document=DOCUMENT,
            institutions=places, now=at,
        )  # fmt: skip
    _agreed(base, pool, month)


def _heads(base: Ground) -> list[Membership]:
    """Who leads an institution and may distribute: one each."""
    found: dict[int, Membership] = {}
    for one in base.members.values():
        if one.institution_id is not None and one.can("pay.distribute"):
            found.setdefault(one.institution_id, one)
    return list(found.values())[:HEADS]


def _distribute(base: Ground, head: Membership, months: Sequence[Month]) -> None:
    """The first pots of the older month are paid; of the newer one shown, paid, written, and not begun. The
    one that is paid is doctors' where it can be: their slips lead down to their cases.
    """
    for month in months:
        rows = PayPot.objects.named().filter(
            institution=head.institution_id, pool__month=month.first_day, pool__kind=PayKind.BONUS
        )
        found = _own_first(rows, PAID)
        ahead = next((place for place, pot in enumerate(found[:-1]) if pot.group == "doctor"), PAID - 3)
        for place, pot in enumerate(found):
            paid = month == months[0] or place == ahead
            _on_its_way(base, head, pot, month, paid=paid, place=place)


def _divide_the_rest(base: Ground, month: Month) -> None:
    """Every pot of the month that is not begun: each institution hands in all of its plans at once."""
    members = Membership.objects.living().exclude(institution=None).select_related("user")
    heads = {one.institution_id: one for one in members.order_by("pk") if one.can("pay.distribute")}
    staff: dict[int, list[int]] = defaultdict(list)
    for pk, place in Staff.objects.order_by("code").values_list("pk", "institution"):
        staff[place].append(pk)
    waiting: dict[int, list[PayPot]] = defaultdict(list)
    for pot in PayPot.objects.named().filter(pool__month=month.first_day, state=PayPot.State.SUBMITTED):
        with acting(days_after(month, 26, 15)):
            pots.post(by=base.office[0], pot=pot, now=days_after(month, 26, 15))
    for pot in PayPot.objects.named().filter(pool__month=month.first_day, state=PayPot.State.OPEN):
        waiting[pot.institution_id].append(pot)
    written, shown, handed, booked = (
        days_after(month, 20, 14), days_after(month, 20, 16), days_after(month, 25, 10),
        days_after(month, 26, 16),
    )  # fmt: skip
    for place, found in sorted(waiting.items()):
        head, ids = heads[place], [pot.pk for pot in found]
        plans = [(pot, _agreed_of(pot, staff[place], written)) for pot in found]
        with acting(written):
            together.write(by=head, plans=plans, now=written)
        with acting(shown):
            together.show(by=head, pots=_as_now(ids), now=shown)
        with acting(handed):
            together.submit(by=head, pots=_as_now(ids), now=handed)
        with acting(booked):
            together.post(by=base.office[0], pots=_as_now(ids), now=booked)


def _agreed_of(pot: PayPot, colleagues: Sequence[int], now: datetime) -> pots.Agreed:
    """By the roster's points; a small group asks colleagues of the institution."""
    people = list(pots.points_of(pot))
    group = [*people, *(one for one in colleagues if one not in people)][:3]
    return pots.Agreed(pots.points_of(pot), group, now.date(), MINUTES)


def _as_now(ids: Sequence[int]) -> list[PayPot]:
    return list(PayPot.objects.named().filter(pk__in=ids).order_by("pk"))


def _own_first(rows: object, most: int) -> list[PayPot]:
    """Pots of people with a sign-in first, so that they find something; then the first ones."""
    found = list(rows)  # type: ignore[call-overload]
    known = set(Staff.objects.exclude(user=None).values_list("pk", flat=True))
    found.sort(key=lambda pot: (not known & set(pots.points_of(pot)), pot.pk))
    return found[:most]


def _on_its_way(base: Ground, head: Membership, pot: PayPot, month: Month, *, paid: bool, place: int) -> None:
    now = days_after(month, 20)
    people = list(pots.points_of(pot))
    group = people[:3]
    others = Staff.objects.filter(institution=pot.institution_id).exclude(pk__in=group).order_by("code")
    group += [one.pk for one in others[: 3 - len(group)]]
    agreed = pots.Agreed(pots.points_of(pot), group, now.date(), MINUTES)
    if not paid and place == PAID - 1:
        return
    with acting(now):
        pot = _again(pots.write(by=head, pot=pot, agreed=agreed, now=now))
    if not paid and place == PAID - 2:
        return
    with acting(now + timedelta(minutes=20)):
        pot = _again(pots.show(by=head, pot=pot, now=now + timedelta(minutes=20)))
    if not paid:
        return
    handed, booked = days_after(month, 25), days_after(month, 26, 15)
    with acting(handed):
        pot = _again(pots.submit(by=head, pot=pot, now=handed))
    if place < PAID - 1:
        with acting(booked):
            pots.post(by=base.office[0], pot=pot, now=booked)


def _again(pot: PayPot) -> PayPot:
    found: PayPot = PayPot.objects.named().get(pk=pot.pk)
    return found
