"""Bills of the demonstration: a day's slips, the guide two people entered, lines that were questioned."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from alliance.demo.fees import GUIDE
from alliance.models import Membership
from alliance.tenancy.scope import act_in
from complaints.bills import asking, composition, services
from complaints.bills.models import BillBatch, BillLink
from grouping import billed
from performance.demonstration.ground import Ground

LEAD, DAYS = "A01", (date(2026, 10, 29), date(2026, 10, 30))
# What the lists of the demonstration were reckoned by (alliance.demo.fees).
INSURANCES, HOUSES = {"2": "居民医保", "1": "职工医保"}, {True: "乡镇卫生院", False: "县级医院"}
SCOPE = "医保目录内的药品、诊疗项目和服务设施，按下表比例报销；先付起付线，再按比例报。"
OWN = "目录外的药品和项目、超过限价的材料、起付线以下的部分由自己付。"
# The family of the line that is questioned (complaints.bills.composition), the words, a telephone.
ASKED = (
    ("drugs", "西药为什么这么多？出院带药是不是也算在里面。", ""),
    ("tests", "化验做了两次，我只记得抽过一次血。", "13900000000"),
)


def load(base: Ground, now: datetime) -> str:
    """Slips of two days, the guide, two questions; a line of the report."""
    with act_in(base.alliance), transaction.atomic():
        _guide(base, now)
        office = base.office[0]
        place = base.places.get(LEAD) or next(iter(base.places.values()))
        for day in DAYS:
            if billed.discharges(place.pk, day):
                services.print_day(by=office, institution=place, day=day, now=now - timedelta(hours=20))
        asked = _ask(now)
        links = BillLink.objects.count()
        return f"{links} bills on {BillBatch.objects.count()} sheets, {asked} lines questioned"


def _guide(base: Ground, now: datetime) -> None:
    enters: Membership = base.office[0]
    row = services.enter_guide(
        by=enters, from_date=date(2026, 1, 1), decided_by="岚医保〔2026〕3号（示例）", scope=SCOPE, own=OWN,
        rows=[
            {"who": f"{INSURANCES[kind]} · {HOUSES[primary]}", "deductible_fen": fen, "percent": str(percent)}
            for (kind, primary), (fen, percent) in GUIDE.items()
        ],
    )  # fmt: skip
    second = next(
        (one for one in base.members.values() if one.can(services.GUIDE) and one.user_id != enters.user_id),
        None,
    )
    if second is not None:
        services.confirm_guide(by=second, guide=row, now=now)


def _ask(now: datetime) -> int:
    """Patients question the largest line of a family: each the bill of a stay that has one."""
    count = 0
    for link in BillLink.objects.order_by("pk"):
        if count == len(ASKED):
            break
        family, text, phone = ASKED[count]
        fact = billed.bill(link.case_id)
        lines = composition.compose(fact, "zh-hans").lines if fact is not None else ()
        line = next((one for one in lines if one.family == family), None)
        if fact is None or line is None:
            continue
        asking.question(
            link=link, fact=fact, line=line, text=text, phone=phone, mark=f"demo {link.pk}",
            now=now - timedelta(hours=19 - 16 * count),
        )  # fmt: skip
        count += 1
    return count
