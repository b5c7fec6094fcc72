"""Complaints of three months in the demonstration: every channel and state, some late, one sealed report.

All people and sentences are invented. What is over is told backwards from the day of the demonstration, so
that its months count it; what is under way is told backwards from now, so that clocks run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from alliance.approvals import services as approvals
from alliance.demo import DemoAlliance
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Institution, Membership
from alliance.services import files
from alliance.tenancy.scope import act_in
from complaints.services import box, clocks, filing, handling, keepers, merging, person
from performance.declared import services
from performance.declared.services import Entry, Place
from performance.demonstration.ground import Ground
from performance.engine.spans import Span

# Place, hours ago, channel, kind, what happened, and how far it went.
TOLD: Sequence[tuple[str, int, str, str, str, str]] = (
    ("A01", 19, "link", "charge", "上午做了一次心电图，晚上又收了一次，我只做了一回。", "assigned"),
    ("A01", 2, "link", "waiting", "抽血窗口只开一个，排了一个半小时。", "received"),
    ("A01", 30, "phone", "attitude", "住院部护士站问病情，答复很不耐烦。", "assigned"),
    ("A01", 200, "link", "quality", "出院带药和医嘱说的不一样，回家才发现少一种。", "answered"),
    ("A01", 40, "counter", "insurance", "异地备案办过了，结算时还是按自费。", "answered"),
    ("A01", 300, "12345", "charge", "停车费进医院两小时收了三十元，没有公示。", "answered"),
    ("B01", 5, "link", "medicine", "降压药断货半个月，每次都说下周来。", "received"),
    ("B01", 28, "phone", "attitude", "家庭医生电话一直打不通，上门随访也没来。", "received"),
    ("B01", 130, "letter", "environment", "卫生院厕所常年没有热水和扶手。", "resolved"),
    ("A02", 26, "12393", "insurance", "门诊慢病报销比例和宣传的不一样。", "assigned"),
    ("A02", 90, "link", "waiting", "理疗预约单写上午九点，十一点半才做上。", "reopened"),
    ("A01", 150, "link", "referral", "从卫生院转上来，资料没传到，又重新做了一遍检查。", "resolved"),
    ("A01", 160, "link", "privacy", "诊室门开着，后面的人都听见我的病。", "resolved"),
    ("A01", 18, "link", "charge", "心电图收了两次钱，要求退一次。", "merged"),
)  # fmt: skip
EARLIER: Sequence[tuple[str, int, str, str, str, str]] = (
    ("A01", 400, "link", "charge", "床位费多算一天，出院那天也收了。", "solved"),
    ("A01", 430, "phone", "waiting", "急诊分诊等了四十分钟没人管。", "solved"),
    ("A02", 470, "counter", "attitude", "挂号窗口态度生硬，问路不答。", "solved"),
    ("B01", 520, "link", "medicine", "中药包里有霉味，要求退换。", "solved"),
    ("A01", 560, "12345", "environment", "病房空调半夜停了，老人着凉。", "silent"),
    ("A01", 640, "link", "charge", "检查费单子看不懂，没有人解释。", "silent"),
    ("A02", 700, "link", "insurance", "大病保险二次报销没有自动算。", "solved"),
    ("B01", 760, "letter", "quality", "给孩子打针打错胳膊，没有道歉。", "solved"),
    ("A01", 820, "link", "waiting", "胃镜约到三周以后，能不能加号。", "withdrawn"),
    ("A01", 900, "phone", "attitude", "出院随访电话打了五次，每次问一样的话。", "silent"),
    ("A02", 1000, "link", "charge", "针灸收费和价目表差五元。", "solved"),
    ("A01", 1200, "counter", "medicine", "出院带药发错规格，跑了两趟换。", "solved"),
    ("B01", 1300, "link", "environment", "卫生院门口台阶没有坡道，轮椅上不去。", "solved"),
    ("A01", 1500, "12393", "insurance", "住院押金退款拖了一个月。", "solved"),
    ("A01", 1700, "link", "referral", "下转回卫生院，药卫生院没有。", "silent"),
    ("A01", 1900, "phone", "quality", "CT 报告写错左右，复查才改。", "solved"),
    ("A02", 2000, "link", "privacy", "病历复印件给了别人。", "solved"),
)  # fmt: skip
ORDERS = ("12345", "12393")
VISITS = 14  # outpatient visits to one discharge
ANSWER = "您好，已收到您的反映，正在向科室核实，结果会在时限内告诉您。"
RESULT = "经核实，情况属实。我们已改正并向您道歉，相关费用已原路退回，科室已整改。"


@dataclass
class Desk:
    """Who acts: the alliance's office, and the complaint offices by institution code."""

    office: Membership
    places: dict[str, Institution]
    rooms: dict[str, Department]
    now: datetime


def earlier(base: Ground, demo: DemoAlliance, today: date) -> str:
    """File what is over by the day of the demonstration, and declare October's visits; a line of it."""
    now = datetime.combine(today, time(9), SHANGHAI)
    with act_in(base.alliance), transaction.atomic():
        desk = _desk(base, now)
        if desk is None:
            return "no complaints"
        for number, told in enumerate(EARLIER, start=len(TOLD)):
            _tell(desk, number, *told)
        clocks.run(now)
        visits = _visits(base, demo, now)
        return f"{len(EARLIER)} complaints that are over, visits of {visits} institutions and departments"


def load(base: Ground, now: datetime) -> str:
    """File what is under way, and let each go as far as it went; returns what was done."""
    with act_in(base.alliance), transaction.atomic():
        desk = _desk(base, now)
        if desk is None:
            return "no complaints"
        for number, told in enumerate(TOLD):
            _tell(desk, number, *told)
        _report(desk)
        _keeper(base, now)
        clocks.run(now)
        return f"{len(TOLD)} complaints, 1 sealed report"


def _desk(base: Ground, now: datetime) -> Desk | None:
    """Who acts; None in an alliance without these places or an office for complaints."""
    codes = {told[0] for told in TOLD}
    office = next((one for one in base.members.values() if one.can("complaint.oversee")), None)
    places = {one.code: one for one in Institution.objects.filter(code__in=codes)}
    if office is None or len(places) < len(codes):
        return None
    rows = Department.objects.filter(institution__in=places.values(), kind="clinical")
    rooms = {
        one.institution.code: one for one in rows.select_related("institution").order_by("-code")
    }  # fmt: skip
    return Desk(office, places, rooms, now)


def _visits(base: Ground, demo: DemoAlliance, now: datetime) -> int:
    """Outpatient visits as the outpatient systems delivered them, in a fixed ratio to the discharges."""
    by, second = base.office[0], base.office[1]
    month = demo.pools[-1].month
    left = Counter((one.institution.code, one.department) for one in demo.stays if one.month == month)
    whole: Counter[str] = Counter()
    for (code, _unit), number in left.items():
        whole[code] += number
    entries = [
        _entry(Place(base.places[code]), number, month, by) for code, number in sorted(whole.items())
    ]  # fmt: skip
    entries += [
        _entry(Place(base.places[code], base.units[code, unit]), number, month, by)
        for (code, unit), number in sorted(left.items())
        if (code, unit) in base.units
    ]
    rows = services.submit_all(by=by, rows=services.enter(by=by, entries=entries, now=now), now=now)
    services.confirm_all(by=second, rows=rows, now=now + timedelta(hours=1))
    return len(rows)


def _entry(place: Place, discharges: int, month: Month, by: Membership) -> Entry:
    return Entry(
        place, "visits", Span(month), Decimal(discharges * VISITS), str(by.user), "门诊系统月报"
    )  # fmt: skip


def _keeper(base: Ground, now: datetime) -> None:
    """Who opens the box: proposed by the administrator, decided by the council on paper, checked."""
    inspector = next((one for one in base.members.values() if keepers.may_keep(one)), None)
    admin = next((one for one in base.members.values() if "alliance_admin" in one.roles), None)
    if inspector is None or admin is None or len(base.office) < 2:
        return
    row = keepers.propose(by=admin, member=inspector, reason="理事会聘任", until=None, now=now)
    enters, checks = base.office[:2]
    scan = files.store(
        by=enters, name="理事会决定.pdf", content=[b"%PDF-1.4\n%%EOF\n"], purpose="evidence",
        content_type="application/pdf", limit=1_000_000,
    )  # fmt: skip
    entered = approvals.enter_outside(
        by=enters, approval=keepers.asked(row)[0], verdict="yes", decided_on=now.astimezone(SHANGHAI).date(),
        document="医共体理〔2026〕7号", attachment=scan,
    )  # fmt: skip
    approvals.check_outside(by=checks, outside=entered, correct=True)


def _tell(desk: Desk, number: int, place: str, ago: int, channel: str, kind: str, text: str, to: str) -> None:
    filed_at = desk.now - timedelta(hours=ago, minutes=7 * number % 50)
    named = channel in ("phone", "counter", "letter", *ORDERS)
    order = None
    if channel in ORDERS:
        due = filed_at + timedelta(days=7)
        order = filing.Order(
            f"{filed_at.astimezone(SHANGHAI):%Y%m%d}{number:04d}", filed_at, result_due_at=due
        )
    said = filing.Said(
        desk.places[place], kind, text, channel=channel, anonymous=not named, order=order,
        name="龚国良" if named else "", phone="13800001234" if named else "",
    )  # fmt: skip
    by = desk.office if named else None
    row = filing.file(by=by, said=said, mark=f"demo:{number}", now=filed_at).complaint
    _go(desk, row, to, filed_at, slow=number % 7 == 3)


def _go(desk: Desk, row: Any, to: str, filed_at: datetime, *, slow: bool) -> None:
    """As far as it went; a slow one gets its first answer after the limit."""
    by, room = desk.office, desk.rooms.get(row.institution.code)
    if to in ("received", "withdrawn") or room is None:
        if to == "withdrawn":
            person.withdraw(by=None, complaint=row, now=filed_at + timedelta(hours=3))
        return
    row = handling.assign(by=by, complaint=row, departments=[room], now=filed_at + timedelta(minutes=28))
    if to == "merged":
        merging.merge(
            by=by, complaint=row, number=_first(row), reason="同一笔收费", now=filed_at + timedelta(hours=1)
        )
        return
    if to == "assigned":
        return
    answered = filed_at + timedelta(hours=31 if slow else 6)
    row = handling.answer(by=by, complaint=row, text=ANSWER, now=answered)
    if to == "answered":
        return
    done = answered + timedelta(hours=40)
    row = handling.resolve(by=by, complaint=row, text=RESULT, verdict="partly" if slow else "true", now=done)
    if to == "solved":
        person.confirm(by=None, complaint=row, now=done + timedelta(hours=20))
    elif to == "reopened":
        person.reopen(
            by=None, complaint=row, reason="答复了，但昨天又等了两小时。", now=done + timedelta(hours=9)
        )


def _first(row: Any) -> str:
    """The complaint about the same charge, an hour earlier."""
    same = type(row).objects.filter(category=row.category, institution=row.institution)
    earlier = same.filter(received_at__lt=row.received_at).order_by("-received_at")
    return str(earlier.values_list("number", flat=True)[0])


def _report(desk: Desk) -> None:
    """One report in the sealed box; nothing else of the demonstration tells that it is there."""
    box.file(
        institution=desk.places["A02"], now=desk.now - timedelta(days=4), mark="demo:report",
        text="有人拿亲戚的医保卡办住院，只挂床不住院，周末病房是空的。床号和日期另附。",
    )  # fmt: skip
