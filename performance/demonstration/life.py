"""What becomes of the demonstration's months: the first published and its insurer's statement booked, the
next being published now, a lock exception, reminders for who is late. New rows alone.
"""

from __future__ import annotations

import contextlib
import csv
import io
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from alliance.approvals import services as approvals
from alliance.approvals.models import Decision
from alliance.demo import DemoAlliance
from alliance.ledger import facts as books
from alliance.lib.period import Month
from alliance.models import Staff
from alliance.tenancy.scope import act_in
from grouping import facts as case_books
from grouping.readers.mapping import Column, TableMap
from grouping.services import central, paying, sources
from performance.demonstration.clock import acting, days_after
from performance.demonstration.deliveries import drain
from performance.demonstration.ground import FIRST_DAY, Ground
from performance.life.refusals import CalendarRefused
from performance.life.services import bearing, clawbacks, exceptions, planning, stages, statements
from performance.models import MonthStep, Statement, StatementLine

HEADER = {
    "医疗机构": "A01", "病案号": "A48", "住院次数": "A49", "出院日期": "B15", "DRG编码": "R01",
    "结算金额": "R03", "拒付金额": "R06", "拒付原因": "R07",
}  # fmt: skip
WHY = ("超限定支付范围", "重复收费", "无指征检查")
REJECTED, REGROUPED = 12, 20
STATED = 15  # day on which the insurer's statement comes, two months after its month
MEETING = "数据校核会纪要〔2026〕8号，全体成员单位到会"


def load(base: Ground, demo: DemoAlliance) -> str:
    """Publish, take in the statement, charge its rejections, open an exception; a line of the report."""
    posted = [pool.month for pool in demo.pools[:-1]]  # the last one waits for its second person
    if not posted:
        return "no month is approved yet"
    first, second = posted[0], posted[-1]
    now = timezone.now()
    with act_in(base.alliance), transaction.atomic():
        office, other = base.office[0], base.office[1]
        for month, at in ((first, days_after(first, 16)), (second, now)):
            if stages.of(month) is None:  # papers and payouts have published theirs
                with acting(at):
                    stages.publish(by=office, month=month, now=at)
        met = days_after(first, 14, 15)
        with contextlib.suppress(CalendarRefused), acting(met):
            planning.say_done(by=office, month=first, step=MonthStep.MEETING, note=MEETING, now=met)
        place = next(
            row for _code, row in sorted(base.places.items()) if row.kind in ("township", "community")
        )
        row = exceptions.open_exception(
            by=office, institution=place, month=second, reason="病案系统升级，12 份首页主诊断需更正",
            until=now + timedelta(days=5), now=now,
        )  # fmt: skip
        exceptions.confirm(by=other, row=row, now=now)
        sent = _reminders(base, demo.pools[-1].month, now)
    if base.alliance.kind != "county":  # the insurer's statement of one alliance shows how it is explained
        return f"{first} and {second} published; {sent}"
    _finished(base, first)
    file = _file(base, first)
    with act_in(base.alliance), transaction.atomic():
        into = max(month for month in books.open_months() if month >= first)
        booked = _statement(base, first, into, file)
        _charge(base, booked, into)
    return f"{first} final, {second} published, the statement {booked.document} explained; {sent}"


def _finished(base: Ground, month: Month) -> None:
    """Everybody is paid, the books are closed, no appeal is left: paid, closed and final, step by step."""
    with act_in(base.alliance), transaction.atomic():
        life = stages.of(month)
        assert life is not None and life.published_until is not None, "it was published before"
        for step, day, hour in ((stages.pay, 29, 16), (stages.close, 30, 10), (stages.end, 30, 16)):
            at = max(days_after(month, day, hour), life.published_until)
            with acting(at):
                step(by=base.office[1], month=month, now=at)


def _reminders(base: Ground, month: Month, now: datetime) -> str:
    sent = 0
    for _code, place in sorted(base.places.items()):
        try:
            planning.remind(by=base.office[0], month=month, institution=place, now=now)
            sent += 1
        except CalendarRefused:
            continue
        if sent == 2:
            break
    return f"{sent} reminders"


def _file(base: Ground, month: Month) -> int:
    """The insurer's file of the month: as estimated, but some rejections and groups of its own."""
    at = days_after(month.plus(1), STATED, 9)
    with acting(at):
        return _received(base, month, at.date())


def _received(base: Ground, month: Month, day: date) -> int:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    with act_in(base.alliance), transaction.atomic():
        writer.writerows(_rows(month))
        made = sources.create(by=base.steward, institution=None, name="医保月度结算单", format="results")
        mapping = TableMap(tuple(Column(heading, code) for heading, code in HEADER.items()))
        sources.settle(
            by=base.steward, source=made, edition="insurance", from_date=FIRST_DAY, mapping=mapping
        )
        file, _new = central.receive(
            by=base.steward, source=made, name=f"医保结算单_{month}.csv",
            content=[out.getvalue().encode("utf-8-sig")], today=day,
        )  # fmt: skip
    drain(base)
    return int(file.pk)


def _rows(month: Month) -> list[list[object]]:
    stays = {one.case: one for one in paying.paid(month) if one.payment_fen}
    found: list[list[object]] = []
    for place, case in enumerate(case_books.payment_cases(month).filter(pk__in=stays).order_by("pk")):
        expected = stays[case.pk].payment_fen or 0
        drg, rejected, why, paid = case.drg or "0000", 0, "", expected
        if place < REJECTED:
            rejected, why = expected // 10, WHY[place % len(WHY)]
            paid -= rejected
        elif place < REJECTED + REGROUPED:
            paid = expected * 9 // 10
        found.append([
            case.institution.organisation, case.record_no, case.visit_no,
            timezone.localtime(case.discharged_at).date().isoformat(), drg, f"{paid / 100:.2f}",
            f"{rejected / 100:.2f}" if rejected else "", why,
        ])  # fmt: skip
    return found


def _statement(base: Ground, month: Month, into: Month, file: int) -> Statement:
    office, other = base.office[0], base.office[1]
    total = sum(one.settled_fen for one in insurer_rows(file, month))
    now = days_after(month.plus(1), STATED, 10)
    with acting(now):
        row = statements.make(
            by=office, file=file, month=month, into=into, stage=Statement.Stage.MONTH, now=now,
            document=f"医保月结〔{month.year}〕{month.number}号", total_fen=total, other_why="",
        )  # fmt: skip
        approval = statements.propose(by=office, row=row, today=now.date())
    with acting(days_after(month.plus(1), STATED, 15)):
        approvals.decide(by=other, approval=approval, verdict=Decision.Verdict.YES)
    return Statement.objects.get(pk=row.pk)


def insurer_rows(file: int, month: Month) -> list[statements.InsurerRow]:
    """The rows of the file, as the statement reads them."""
    return statements.insurer.rows(file, month)


def _charge(base: Ground, row: Statement, into: Month) -> None:
    """One rejection that somebody who signs in bears is charged, the others wait for a second person, with a
    preview of who bears them.
    """
    lines = list(StatementLine.objects.filter(statement=row, rejected_fen__gt=0).order_by("pk"))
    month = Month.of(row.month)
    own = set(Staff.objects.filter(user__isnull=False).values_list("pk", flat=True))
    first = next(
        (one for one in lines if any(s.staff_id in own for s in bearing.bearers(month, [one]))), None
    )
    now, agreed = (days_after(month.plus(1), STATED + 1, hour) for hour in (10, 15))
    for chosen in ([first] if first else [], [one for one in lines if one != first]):
        if not chosen:
            continue
        with acting(now):
            made = clawbacks.make(
                by=base.office[0], statement=row, lines=chosen, into=into, reason="经复核确认的拒付", now=now
            )
            approval = clawbacks.propose(by=base.office[0], row=made, today=now.date())
        if chosen == [first]:
            with acting(agreed):
                approvals.decide(by=base.office[1], approval=approval, verdict=Decision.Verdict.YES)
