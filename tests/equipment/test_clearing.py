"""The monthly clearing: computed, proposed, posted by two people, never changed; what comes late goes on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils.translation import override

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.errors import ContentChanged, NotYours
from alliance.approvals.models import Approval
from alliance.equipment import services
from alliance.equipment.models import Clearing, ClearingLine, CostItem, Device, SplitRule, Usage
from alliance.equipment.services import EquipmentRefused, clearing, settling
from alliance.equipment.services.settling import rule_words
from alliance.ledger import facts as books
from alliance.ledger import services as ledger
from alliance.ledger.models import Account, LedgerJournal
from alliance.lib.period import Month
from alliance.models import Institution
from tests.equipment.scene import at, scanner
from tests.world import World

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
LATER = datetime(2026, 12, 31, 10, 0, tzinfo=at("08:00").tzinfo)
TODAY = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def ready(qinghe: World) -> None:
    chains.install()


def used(
    world: World,
    device: Device,
    place: Institution,
    *,
    day: int = 16,
    fee: int = 42_000,
    minutes: int = 30,
    **more: Any,
) -> Usage:
    """A use of a device by a place that both sides stand by."""
    month = more.pop("month", 11)
    begin = at("09:00", date(2026, month, day))
    log = services.Log(
        device, place, begin, begin + timedelta(minutes=minutes), item_name="平扫", fee_fen=fee, **more
    )
    use = services.record(by=world.kong, log=log, now=LATER)
    if use.state == Usage.State.STATED:
        other = {world.shiqiao: world.zhao, world.tcm: world.tan}[place]
        services.confirm(by=other, uses=[use], now=LATER)
    return Usage.objects.get(pk=use.pk)


def agreed(world: World, made: Clearing) -> Clearing:
    """Proposed by Luo, agreed by Meng."""
    asked = clearing.propose(by=world.luo, clearing=made, on=TODAY)
    approvals.decide(by=world.meng, approval=asked, verdict="yes")
    return Clearing.objects.get(pk=made.pk)


def made(world: World, month: Month = NOVEMBER) -> Clearing:
    return clearing.make(by=world.luo, month=month, now=LATER)


def balances() -> dict[str, int]:
    return {one.code: books.balance(one) for one in Account.objects.filter(code__startswith="equipment:")}


def test_a_month_by_shares_of_the_fee_is_netted_and_posted(qinghe: World) -> None:
    device = scanner(qinghe)
    for _number in range(3):
        used(qinghe, device, qinghe.shiqiao, day=16 + _number)
    used(qinghe, device, qinghe.tcm, collected_by=qinghe.lead)
    used(qinghe, device, qinghe.lead)
    draft = made(qinghe)
    assert sorted((line.payer.code, line.payee.code, line.fen) for line in draft.lines.all()) == [
        ("QH01", "QH02", 12_600), *[("QH11", "QH01", 29_400)] * 3
    ]  # fmt: skip
    line = draft.lines.first()
    assert line is not None and line.numbers["fee_fen"] == 42_000 and len(line.uses) == 1
    assert "equipment.split" in line.rule
    with override("zh-hans"):  # the reader's words, also of a line that an earlier version kept in words
        assert rule_words(line.rule) == rule_words("参数 equipment.split") == "医联体统一的收费分成比例"
        assert rule_words("hours|2026-07-01|理事会") == "按使用时长分摊成本，自 2026-07-01 起，理事会决定"
    with override("en"):
        assert rule_words("item|2026-07-01|理事会") == "shares of the fee, from 2026-07-01, decided by 理事会"
    assert rule_words("收费分成，自 2026-01-01 起") == "收费分成，自 2026-01-01 起"
    posted = agreed(qinghe, draft)
    assert posted.state == "posted" and posted.journal.debit_fen == 88_200 + 12_600
    assert balances() == {
        "equipment:QH01": 88_200 - 12_600,
        "equipment:QH02": 12_600,
        "equipment:QH11": -88_200,
    }
    reason = posted.journal.entries.order_by("number").first().reason
    assert (reason["owed_fen"], reason["back_fen"]) == (12_600, 0)


def test_posting_takes_two_people_and_the_office(qinghe: World) -> None:
    used(qinghe, scanner(qinghe), qinghe.shiqiao)
    with pytest.raises(PermissionDenied):
        clearing.make(by=qinghe.kong, month=NOVEMBER, now=LATER)
    asked = clearing.propose(by=qinghe.luo, clearing=made(qinghe), on=TODAY)
    with pytest.raises(NotYours):
        approvals.decide(by=qinghe.luo, approval=asked, verdict="yes")
    assert not LedgerJournal.objects.exists()


def test_what_changed_after_the_draft_is_not_agreed_to(qinghe: World) -> None:
    device = scanner(qinghe)
    use = used(qinghe, device, qinghe.shiqiao)
    draft = made(qinghe)
    asked = clearing.propose(by=qinghe.luo, clearing=draft, on=TODAY)
    services.void(by=qinghe.kong, usage=use, text="误登")
    with pytest.raises(ContentChanged):
        approvals.decide(by=qinghe.meng, approval=asked, verdict="yes")
    approvals.withdraw(by=qinghe.luo, approval=asked)
    draft = Clearing.objects.get()
    assert draft.state == "draft"
    with pytest.raises(EquipmentRefused, match="changed since"):
        clearing.propose(by=qinghe.luo, clearing=draft, on=TODAY)
    clearing.discard(by=qinghe.luo, clearing=draft)
    with pytest.raises(EquipmentRefused, match="Nobody owes"):
        made(qinghe)


def test_a_declined_clearing_is_a_draft_again(qinghe: World) -> None:
    used(qinghe, scanner(qinghe), qinghe.shiqiao)
    asked = clearing.propose(by=qinghe.luo, clearing=made(qinghe), on=TODAY)
    approvals.decide(by=qinghe.meng, approval=asked, verdict="no", note="再核")
    assert Clearing.objects.get().state == "draft"
    assert agreed(qinghe, Clearing.objects.get()).state == "posted"


def test_one_clearing_at_a_time_and_none_for_closed_books(qinghe: World) -> None:
    device = scanner(qinghe)
    used(qinghe, device, qinghe.shiqiao)
    draft = made(qinghe)
    used(qinghe, device, qinghe.shiqiao, day=17)
    with pytest.raises(EquipmentRefused, match="Another clearing"):
        made(qinghe)
    clearing.discard(by=qinghe.luo, clearing=draft)
    agreed(qinghe, made(qinghe))
    ledger.close_period(by=qinghe.luo, confirmed_by=qinghe.meng, month=NOVEMBER)
    used(qinghe, device, qinghe.shiqiao, day=18)
    with pytest.raises(EquipmentRefused, match="closed"):
        made(qinghe)


def test_what_comes_late_and_what_is_taken_back_goes_into_the_next_clearing(qinghe: World) -> None:
    device = scanner(qinghe)
    first, _second = (
        used(qinghe, device, qinghe.shiqiao),
        used(qinghe, device, qinghe.shiqiao, day=17, fee=10_000),
    )
    agreed(qinghe, made(qinghe))
    before = list(ClearingLine.objects.order_by("pk").values())
    services.void(by=qinghe.kong, usage=first, text="误登")
    used(qinghe, device, qinghe.shiqiao, day=18, fee=20_000)
    used(qinghe, device, qinghe.shiqiao, day=1, month=12, fee=30_000)
    after = agreed(qinghe, made(qinghe, DECEMBER))
    assert [(line.about_month.month, line.payer.code, line.fen) for line in after.lines.all()] == [
        (11, "QH11", 14_000), (11, "QH01", 29_400), (12, "QH11", 21_000)
    ]  # fmt: skip
    assert balances()["equipment:QH11"] == -(7_000 + 14_000 + 21_000)
    assert (
        list(ClearingLine.objects.filter(clearing__month=NOVEMBER.first_day).order_by("pk").values())
        == before
    )
    with pytest.raises(EquipmentRefused):
        made(qinghe, DECEMBER)


def test_by_hours_the_cost_of_the_month_goes_by_minutes(qinghe: World) -> None:
    device = scanner(qinghe, cost_fen=7_200_000, life_months=72, bought_on=date(2026, 1, 15))
    SplitRule.objects.create(device=device, method="hours", from_date=date(2026, 1, 1), decided_by="理事会")
    for kind, per, fen in (
        ("maintenance", "month", 50_000),
        ("energy", "hour", 6_000),
        ("consumables", "use", 1_000),
    ):
        CostItem.objects.create(device=device, kind=kind, per=per, fen=fen, from_date=date(2026, 1, 1))
    CostItem.objects.create(device=device, kind="reading", per="use", fen=4_000, from_date=date(2026, 1, 1))
    CostItem.objects.create(
        device=device, kind="maintenance", per="month", fen=99_999, from_date=date(2026, 12, 1)
    )
    used(qinghe, device, qinghe.lead, minutes=60)
    used(qinghe, device, qinghe.shiqiao, minutes=60, reader=qinghe.tcm)
    found = settling.compute(NOVEMBER)
    # 100,000 depreciation + 50,000 maintenance + 2 h x 6,000 + 2 uses x 1,000 = 164,000, half of it
    assert [(one.line.kind, one.line.payer, one.line.payee, one.line.fen) for one in found.owed] == [
        ("cost", "QH11", "QH01", 82_000), ("reading", "QH11", "QH02", 4_000)
    ]  # fmt: skip
    assert found.owed[0].line.numbers["depreciation_fen"] == 100_000
    agreed(qinghe, made(qinghe))
    # A third hour comes late: the month is divided anew, only the difference is owed.
    used(qinghe, device, qinghe.shiqiao, minutes=60, day=20)
    late = settling.compute(DECEMBER)
    # 171,000, two thirds of it = 114,000, less 82,000
    assert [(one.line.kind, one.line.payer, one.line.fen) for one in late.owed] == [("cost", "QH11", 32_000)]
    assert late.owed[0].line.numbers == {"owed_fen": -114_000, "settled_fen": -82_000}


def test_the_nearest_rule_holds(qinghe: World) -> None:
    device, other = scanner(qinghe), scanner(qinghe, code="CT1", kind="ct")
    day = date(2026, 1, 1)

    def rule(percent: int, **what: Any) -> None:
        SplitRule.objects.create(
            method="item", user_percent=percent, owner_percent=100 - percent, from_date=what.pop("on", day),
            decided_by="理事会", **what,
        )  # fmt: skip

    def share(of: Device) -> Decimal:
        found = settling.shares_on(of, date(2026, 11, 30))
        assert found is not None
        return found.user

    assert share(device) == 30
    rule(25)
    assert (share(device), share(other)) == (25, 25)
    rule(20, kind="mri")
    assert (share(device), share(other)) == (20, 25)
    rule(15, device=device)
    rule(10, device=device, on=date(2026, 12, 1))
    assert (share(device), share(other)) == (15, 25)


def test_the_database_keeps_a_posted_clearing(qinghe: World) -> None:
    device = scanner(qinghe)
    used(qinghe, device, qinghe.shiqiao)
    posted = agreed(qinghe, made(qinghe))
    for deed in (
        lambda: Clearing.objects.filter(pk=posted.pk).update(number=9),
        lambda: Clearing.objects.filter(pk=posted.pk).update(state="draft"),
        lambda: posted.lines.update(fen=1),
        lambda: posted.lines.all().delete(),
        lambda: posted.cleared.all().delete(),
        lambda: ClearingLine.objects.create(
            clearing=posted, number=99, kind="fee", device=device, payer=qinghe.lead, payee=qinghe.tcm, fen=1,
            about_month=NOVEMBER.first_day, rule="x",
        ),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()


def test_the_number_of_queries_does_not_grow(qinghe: World, django_assert_max_num_queries: Any) -> None:
    counts = []
    for number in range(2):
        for place in (qinghe.shiqiao, qinghe.tcm):
            device = scanner(qinghe, code=f"D{number}{place.code}")
            used(qinghe, device, place, day=3 + number)
        with django_assert_max_num_queries(20) as asked:
            settling.compute(NOVEMBER)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert Approval.objects.count() == 0
