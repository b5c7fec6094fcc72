"""Appeals of the demonstration: one in each state, about lines that persons were paid or are shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from alliance.approvals import services as approvals
from alliance.approvals.facts import DECIDE as VOTE
from alliance.approvals.models import Approval, Decision
from alliance.demo import DemoAlliance
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.tenancy.scope import act_in
from performance.appeals import subjects, window
from performance.appeals.involved import sql
from performance.appeals.services import correcting, filing, handling
from performance.appeals.services.filing import NewLine
from performance.demonstration.clock import acting, before, later
from performance.demonstration.ground import Ground
from performance.life.services import stages
from performance.models import Appeal, AppealLine, PayLine, PayPot

SAID = (
    ("本月下乡派驻两天未计入分值。", "考勤应补两天"), ("夜班津贴折算分少计一次。", "夜班应为 6 次"),
    ("带教折算分漏计。", "带教 8 学时"), ("出勤天数与排班表不一致。", "出勤应为 20 天"),
    ("请假半天被按一天扣分。", "请假应为半天"), ("随访折算分似有漏计，请核对随访登记。", ""),
)  # fmt: skip
# What an upheld one rests on is what it speaks of.
RECORDS = {"corrected": "派驻记录", "upheld": "带教登记"}
# What becomes of each, and about which pots: the older month's have ended before it is paid, those of the
# month that is published now are under way.
STEPS = (
    ("corrected", "older"), ("rejected", "older"), ("upheld", "newer"), ("assigned", "shown"),
    ("filed", "shown"), ("withdrawn", "older"),
)  # fmt: skip


def load(base: Ground, demo: DemoAlliance, now: datetime) -> str:
    """Publish the newer month, file one appeal for each state and take it there; a line of the report."""
    older, newer = demo.pools[0].month, demo.pools[-2].month
    with act_in(base.alliance), transaction.atomic():
        if stages.of(newer) is None:
            shown_at = before(now, 4)
            with acting(shown_at):
                stages.publish(by=base.office[0], month=newer, now=shown_at)
        posted, shown = PayPot.State.POSTED, PayPot.State.SHOWN
        lines = {
            "older": _lines(base, posted, older), "newer": _lines(base, posted, newer),
            "shown": _lines(base, shown, newer),
        }  # fmt: skip
        for (state, which), (text, said) in zip(STEPS, SAID, strict=True):
            found = next(lines[which], None)
            if found is not None:
                _on_its_way(base, state, *found, text, said, now)
        counted = Appeal.objects.count()
        ended = Appeal.objects.filter(ended_at__isnull=False).count()
        return f"{counted} appeals, {ended} of them ended"


def _lines(base: Ground, state: str, month: Month) -> Iterator[tuple[Membership, PayLine]]:
    """Own lines of people with a sign-in first, then lines whose head files for them; each person once."""
    pots = PayPot.objects.filter(state=state, pool__month=month.first_day)
    rows = PayLine.objects.filter(pot__in=pots, plan__in=pots.values("plan"), fen__gt=0).select_related(
        "pot__pool", "staff"
    )
    members = [one for one in base.members.values() if one.can("appeal.file") and one.institution_id]
    own = {one.user_id: one for one in members}
    seen: set[int] = set()
    for line in sorted(rows, key=lambda one: (one.staff.user_id is None, one.pk)):
        if line.staff_id in seen:
            continue
        filers = [own[line.staff.user_id]] if line.staff.user_id in own else members
        by = next((one for one in filers if subjects.find(one, "pay", line.pk) is not None), None)
        if by is not None:
            seen.add(line.staff_id)
            yield by, line


def _on_its_way(
    base: Ground, state: str, by: Membership, line: PayLine, text: str, said: str, now: datetime
) -> None:
    """From filed to the state, a few days ago; the office's uninvolved person answers."""
    until = window.of_month(line.pot.pool.period).until
    filed = before(now, 3, 10) if until is None or until > now else before(until, 2, 10)
    subject = subjects.find(by, AppealLine.About.PAY, line.pk)
    assert subject is not None
    wanted = NewLine(subject, said, max(1, line.fen // 5))
    with acting(filed):
        row = filing.file(by=by, kind="personal", lines=[wanted], text=text, now=filed)
    row = _again(row)
    if state == "withdrawn":
        regretted = filed + timedelta(hours=5)
        with acting(regretted):
            filing.withdraw(by=by, appeal=row, now=regretted)
    if state in ("withdrawn", "filed"):
        return
    free = handling.candidates(row)
    if not free:
        return
    taken = later(filed, 1)
    with acting(taken):
        row = _again(handling.assign(by=base.office[0], appeal=row, handler=free[0].pk, now=taken))
    if state == "rejected":
        answer = "核对排班表、派驻确认单与科室记录，分值计算无误。"
        told = later(filed, 3, 11)
        with acting(told):
            handling.reject(by=free[0], appeal=row, answer=answer, now=told)
    if state in ("upheld", "corrected"):
        _uphold(free[0], row, line, later(filed, 2, 10), state)


def _uphold(by: Membership, row: Appeal, line: PayLine, now: datetime, state: str) -> None:
    record = RECORDS[state]
    points = {line.pk: line.points + Decimal("0.2")}
    decision = correcting.Decision(
        Appeal.Bearer.POT, points=points, more_why=f"按{record}补记的分值高于申请金额，一并更正。"
    )
    with acting(now):
        row = _again(
            handling.uphold(by=by, appeal=row, decision=decision, answer=f"{record}属实，补记分值。", now=now)
        )
    if state == "corrected" and row.approval is not None:
        second = _second(row, row.approval)
        if second is not None:
            with acting(later(now, 2, 16, 30)):
                approvals.decide(by=second, approval=row.approval, verdict=Decision.Verdict.YES)


def _second(row: Appeal, approval: Approval) -> Membership | None:
    """Somebody of the chain who is not concerned."""
    roles = set(approval.current.roles)
    asked = [
        one for one in Membership.objects.living().select_related("user")
        if roles & set(one.roles) and one.can(VOTE) and one.user_id != approval.proposed_by.user_id
    ]  # fmt: skip
    free = sql.uninvolved(row.pk, [one.pk for one in asked])
    return next((one for one in asked if one.pk in free), None)


def _again(row: Appeal) -> Appeal:
    found: Appeal = Appeal.objects.named().get(pk=row.pk)
    return found
