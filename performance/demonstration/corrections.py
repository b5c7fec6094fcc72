"""What is put right after the fact: a roster that was frozen, a month that was approved. In one alliance."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from alliance.approvals import services as approvals
from alliance.approvals.models import Decision
from alliance.demo import CaseFile, DemoAlliance
from alliance.demo.files import content
from alliance.ledger import facts as books
from alliance.lib.period import Month
from alliance.models import Institution, RosterRow
from alliance.tenancy.scope import act_in
from grouping.services import intake, publishing
from performance.demonstration.clock import acting, days_after
from performance.demonstration.deliveries import drain
from performance.demonstration.ground import Ground
from performance.demonstration.pay import WHOLE
from performance.life.services import exceptions
from performance.models import LockException, MonthCorrection, PayPot, RosterChange
from performance.roster import services as rosters

WRONG = 12  # stays whose principal diagnosis was not the disease that took the care
WHY = "病案室抽查：12 份首页主要诊断选择错误，按资源消耗最多的疾病更正"
UNTIL = timedelta(days=5)
ADULT = 18
NAME = "{name}_更正.csv"


def load(base: Ground, demo: DemoAlliance) -> str:
    """Two lines of the roster of the newer month, the cases of a township in the older; a line of the
    report.
    """
    if base.alliance.kind != WHOLE:
        return "nothing"
    older, newer = demo.pools[0].month, demo.pools[-2].month
    _roster(base, newer)
    place = next(row for _code, row in sorted(base.places.items()) if row.kind == "township")
    with act_in(base.alliance), transaction.atomic():
        row = _excepted(base, place, older)
    _delivered(base, demo, place, older)
    with act_in(base.alliance), transaction.atomic():
        made = _corrected(base, row, older)
        return f"{RosterChange.objects.count()} lines of a roster, {made.lines.count()} shares of {older}"


def _roster(base: Ground, month: Month) -> None:
    """One line is corrected by two people, another waits for the second."""
    office, second = base.office[0], base.office[1]
    with act_in(base.alliance), transaction.atomic():
        pots = PayPot.objects.filter(pool__month=month.first_day, state=PayPot.State.OPEN)
        rows = RosterRow.objects.filter(
            month=month.first_day, department__in=pots.values("department"), leave_days=0, days__gt=9
        )
        leave, post = rows.select_related("staff", "institution", "department").order_by("staff__code")[:2]
        at = days_after(month, 21, 10)
        changes = (
            (leave, {"days": leave.days - 3, "leave_days": Decimal(3)}, "病假三日漏报，附假条"),
            (post, {"post_coefficient": post.post_coefficient + Decimal("0.1")}, "聘任文件自当月起执行"),
        )
        with acting(at):
            entered = [
                rosters.enter(
                    by=office, month=month, staff=row.staff, institution=row.institution,
                    department=row.department, line=rosters.values(rosters.said(row)) | change, reason=why,
                    now=at,
                )
                for row, change, why in changes
            ]  # fmt: skip
        at = days_after(month, 21, 15)
        with acting(at):
            rosters.confirm(by=second, row=entered[0], now=at)


def _excepted(base: Ground, place: Institution, month: Month) -> LockException:
    """Asked for and agreed to in the second month after, for five days."""
    asked, agreed = days_after(month.plus(1), 10), days_after(month.plus(1), 10, 11)
    with acting(asked):
        row = exceptions.open_exception(
            by=base.office[0], institution=place, month=month, reason=WHY, until=asked + UNTIL,
            now=asked,
        )  # fmt: skip
    with acting(agreed):
        return exceptions.confirm(by=base.office[1], row=row, now=agreed)


def _delivered(base: Ground, demo: DemoAlliance, place: Institution, month: Month) -> None:
    """The township's file of the month once more, with the right diagnoses."""
    file = next(one for one in demo.files if (one.institution, one.month) == (place.code, month))
    at = days_after(month.plus(1), 12)
    with acting(at):
        with act_in(base.alliance), transaction.atomic():
            received, _new = intake.receive_file(
                by=base.steward, name=NAME.format(name=file.name.removesuffix(".csv")),
                content=[content(_coded(file))], today=at.date(),
            )  # fmt: skip
        drain(base)
        with act_in(base.alliance), transaction.atomic():
            publishing.publish_by_id(by=base.steward, file_id=received.pk, take_good=True)
        drain(base)


def _coded(file: CaseFile) -> CaseFile:
    """The cheapest stays of adults without a procedure have the diseases of the dearest one of their sex."""
    plain = [stay for stay, _cells in file.rows if not stay.operations and stay.age >= ADULT]
    plain.sort(key=lambda stay: (stay.total, stay.key.record_no))
    dear = {stay.patient.sex: stay for stay in plain}
    right = {
        stay.key: replace(stay, family=one.family, principal=one.principal, secondary=one.secondary)
        for stay in plain[:WRONG] for one in [dear[stay.patient.sex]]
    }  # fmt: skip
    return replace(file, rows=tuple((right.get(stay.key, stay), cells) for stay, cells in file.rows))


def _corrected(base: Ground, row: LockException, month: Month) -> MonthCorrection:
    """What it moves is drafted into the newest open month, and in the books when the second person agreed."""
    drafted, agreed = days_after(month.plus(1), 12, 14), days_after(month.plus(1), 12, 16)
    with acting(drafted):
        made = exceptions.make(by=base.office[0], row=row, into=max(books.open_months()), now=drafted)
        approval = exceptions.propose(by=base.office[0], row=made, today=drafted.date())
    with acting(agreed):
        approvals.decide(by=base.office[1], approval=approval, verdict=Decision.Verdict.YES)
    return MonthCorrection.objects.get(pk=made.pk)
