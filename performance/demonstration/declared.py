"""October of the demonstration declared: contracts of townships, checks of hospitals, what went wrong.

One township has not delivered, one value was sent back, one corrected; the cross-check found an error, and a
veto for falsification goes through the bodies of the county.
The offices enter for institutions without a sign-in of their own.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from alliance.approvals import services as approvals
from alliance.approvals.models import Decision
from alliance.lib import sheets
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services.files import Upload
from alliance.tenancy.scope import act_in
from performance.declared import services
from performance.declared.services import Entry, Place, samples, vetoes
from performance.declared.uploads import XLSX
from performance.demonstration.deliveries import local
from performance.demonstration.ground import Ground
from performance.engine.spans import Span
from performance.models import DeclaredCheck, DeclaredNotice, DeclaredValue

MONTH = Month(2026, 10)
OCTOBER, QUARTER = Span(MONTH), Span(Month(2026, 7), "quarter")
ENTERED = datetime(2026, 11, 5, 9, 30)
# What the alliance watches: indicator, kinds of institutions that owe its numbers.
WATCHED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("contract_rate", ("township", "community")),
    ("core_systems", ("general", "tcm")),
    ("infection_control", ("general", "tcm")),
)
CHECKED = {
    "core_system_points": 460,
    "core_system_charts": 5,
    "infection_items_met": 47,
    "infection_items": 50,
}
FORGED = "电话回访抽查的 35 户均未签约，协议书签名与登记簿笔迹一致，属事后补造；附回访录音编号与笔迹比对意见"
SEED = "demonstration-2026-10"  # of the draw, so that the demonstration shows the same one every time


def load(base: Ground, today: date) -> str:
    """Watch, declare, send back, correct, draw and check; returns what came of it in one line."""
    now = local(ENTERED)
    with act_in(base.alliance), transaction.atomic():
        office, second = base.office[0], base.office[1]
        for indicator, kinds in WATCHED:
            services.watch(by=office, indicator=indicator, kinds=kinds, first=QUARTER.first, now=now)
        rows = list(_declared(base, office, now))
        _returned(rows, second)
        _corrected(base, rows, office, second, now)
        notice = _cross_checked(office, second, now)
        if notice is not None:
            _accused(notice, office, second, now)
        found = DeclaredValue.objects.count()
    return f"{found} declared values, {'one notice' if notice else 'no notice'} after the cross-check"


def _declared(base: Ground, office: Membership, now: datetime) -> Iterator[DeclaredValue]:
    """Contracts of all townships but the last, checks of the hospitals; submitted with their files."""
    places = sorted(base.places.values(), key=lambda one: one.code)
    towns = [one for one in places if one.kind in ("township", "community")]
    for number, place in enumerate(towns[:-1]):
        people = place.served_population or 10_000
        signed = people * (58 + number % 9) // 100
        numbers = [("contracted", OCTOBER, signed), ("resident_population", OCTOBER, people)]
        yield from _enter(base, place, numbers, office, now, file=number == 0)
    for place in places:
        if place.kind in ("general", "tcm"):
            numbers = [(fact, QUARTER, value) for fact, value in CHECKED.items()]
            yield from _enter(base, place, numbers, office, now, file=True)


def _enter(
    base: Ground, place: Institution, numbers: Sequence[tuple[str, Span, int]], office: Membership,
    now: datetime, *, file: bool,
) -> list[DeclaredValue]:  # fmt: skip
    by = _clerk(base, place) or office
    made = services.enter(
        by=by, now=now,
        entries=[
            Entry(Place(place), fact, span, Decimal(value), str(by.user), "公卫系统与质控检查表")
            for fact, span, value in numbers
        ],
    )  # fmt: skip
    if file:
        sheet = Upload(f"{place.short_name}佐证.xlsx", [_sheet(place, numbers)], XLSX, 1 << 20)
        made = [services.prove(by=by, value=row, uploads=[sheet], now=now) for row in made]
    return services.submit_all(by=by, rows=made, now=now + timedelta(minutes=5))


def _clerk(base: Ground, place: Institution) -> Membership | None:
    own = (one for one in base.members.values() if one.institution_id == place.pk)
    return next((one for one in own if one.can("declared.enter")), None)


def _sheet(place: Institution, numbers: Sequence[tuple[str, Span, int]]) -> bytes:
    """The evidence: the numbers as the institution's own register has them."""
    body, rows = io.BytesIO(), list[tuple[Any, ...]]()
    rows.append(("机构", "数据项代码", "期间", "登记数"))
    rows += [(place.name, fact, str(span), value) for fact, span, value in numbers]
    sheets.write_xlsx(body, rows, title="登记")
    return body.getvalue()


def _returned(rows: Sequence[DeclaredValue], second: Membership) -> None:
    """The last value of all is sent back; the second person confirms the rest but one."""
    services.send_back(by=second, row=rows[-1], why="检查项总数与检查表不符，请核对后重报")
    now = rows[0].submitted_at or rows[0].entered_at
    services.confirm_all(by=second, rows=list(rows[:-2]), now=now + timedelta(hours=2))


def _corrected(
    base: Ground, rows: Sequence[DeclaredValue], office: Membership, second: Membership, now: datetime
) -> None:
    """The first township corrects its contracts: the next revision, confirmed."""
    first = DeclaredValue.objects.named().get(pk=rows[0].pk)
    by = _clerk(base, first.institution) or office
    entry = Entry(
        Place(first.institution), first.fact, first.span, first.value + 12, first.responsible,
        "补录 10 月 30 日集中签约 12 人",
    )  # fmt: skip
    later = now + timedelta(days=1)
    made = services.submit_all(by=by, rows=services.enter(by=by, entries=[entry], now=later), now=later)
    services.confirm_all(by=second, rows=made, now=later)


def _cross_checked(office: Membership, second: Membership, now: datetime) -> DeclaredNotice | None:
    """A sample is drawn and checked by who has no hand in it; the first value drawn of a township differs."""
    later = now + timedelta(days=2)
    sample = samples.draw(by=second, month=MONTH, now=later, seed=SEED)
    checks = list(DeclaredCheck.objects.filter(sample=sample).select_related(
        "sample", "value__institution", "value__entered_by", "value__submitted_by"
    ))  # fmt: skip
    wrong = next((one for one in checks if one.value.fact == "contracted"), checks[0])
    for one in checks:
        found = one.value.value - 35 if one is wrong else one.value.value
        remark = "协议书缺 35 份签字页" if one is wrong else ""
        samples.find(by=second, check=one, found=found, remark=remark, now=later)
    notice: DeclaredNotice | None = DeclaredNotice.objects.filter(sample=sample).first()
    return notice


def _accused(notice: DeclaredNotice, office: Membership, second: Membership, now: datetime) -> None:
    """Residents say they never signed: a veto is proposed; the office has agreed, the directors are next."""
    later = now + timedelta(days=9)
    veto = vetoes.propose_veto(by=office, notice=notice, reason=FORGED, now=later)
    assert veto.approval is not None, "a proposed veto has its approval"
    approvals.decide(by=second, approval=veto.approval, verdict=Decision.Verdict.YES)
