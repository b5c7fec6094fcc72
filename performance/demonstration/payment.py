"""What an alliance of the demonstration has decided about payment, and work its coders have begun.

A rate a level, how long the insurer takes changes, questions to doctors, disputes about the scheme.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from alliance.approvals import services as approvals
from alliance.approvals.models import Decision
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services import parameters
from alliance.tenancy.scope import act_in
from grouping import facts as cases
from grouping import visible
from grouping.disputes import services as disputes
from grouping.queues import services as queues
from grouping.services import schemes, tariff
from performance.demonstration.ground import FIRST_DAY, Ground

# Fen a unit of weight by level: near what a unit of weight costs in the demonstration.
RATES = {"/tertiary": 1_950_000, "/secondary": 1_180_000, "/primary": 680_000}
CHANGES = ("coding.insurer_last_change", "D120")
SINCE = date(2026, 1, 1)
CAUSE, ASKED, ANSWERED = "ambiguous", 6, 2
QUESTION = "病案首页主要手术与主要诊断不对应，请核对本次住院的主要诊断和主要手术。"
REPLY = "已核对病历，主要诊断应为本次手术所治疾病，请按更正后的首页重新上报。"
UNTIL_ANSWERED = timedelta(hours=5)


def decide(base: Ground) -> None:
    """Before files come: how long the insurer takes changes of a month, and the rates, by two persons."""
    proposer, second = base.office
    key, value = CHANGES
    with act_in(base.alliance), transaction.atomic():
        parameters.decide(
            by=proposer, key=key, value=value, from_date=FIRST_DAY, decided_by="市医保局，年度清算前可更正"
        )
        sheet = tariff.keep(
            by=proposer, kind="rate", from_date=SINCE, decided_by="市医保局", source="2026 年费率（示意）",
            rows=[{"key": level, "value": str(fen)} for level, fen in RATES.items()],
        )  # fmt: skip
        approval = tariff.propose(by=proposer, sheet=sheet, on=SINCE, confirmed=True)
        approvals.decide(by=second, approval=approval, verdict=Decision.Verdict.YES)


def work(base: Ground, today: date) -> str:
    """After cases are grouped: coders ask doctors, some answer, disputes are filed; a line of the report."""
    now = datetime(today.year, today.month, today.day, 9, tzinfo=SHANGHAI)
    with act_in(base.alliance), transaction.atomic():
        asked = sum(_ask(one, now) for one in _who(base, "queue.work") if one.institution_id)
        answered = sum(_answer(one, now + UNTIL_ANSWERED) for one in _who(base, "queue.answer"))
        filed = sum(_dispute(base, one, now, number) for number, one in enumerate(_coders(base)))
    return f"{asked} questions to doctors, {answered} answered, {filed} disputes about the scheme"


def _who(base: Ground, action: str) -> list[Membership]:
    return [one for one in base.members.values() if one.can(action)]


def _coders(base: Ground) -> list[Membership]:
    return [one for one in base.members.values() if "coder" in one.roles]


def _ask(coder: Membership, now: datetime) -> int:
    items = queues.items_of(coder, "open", CAUSE)[:ASKED]
    return queues.ask(by=coder, items=items, text=QUESTION, now=now) if items else 0


def _answer(doctor: Membership, now: datetime) -> int:
    items = queues.items_of(doctor, "asked", CAUSE)[:ANSWERED]
    return queues.answer(by=doctor, items=items, text=REPLY, now=now) if items else 0


def _dispute(base: Ground, coder: Membership, now: datetime, number: int) -> int:
    """A dispute about the weight of a group of the coder's own cases; the office has taken up the first."""
    case = cases.with_group(_own(coder)).filter(group_status="grouped").order_by("-total_fen").first()
    if case is None:
        return 0
    scheme = schemes.in_force(case.discharged_at.date())
    made = disputes.file_dispute(
        by=coder, about="weight", scheme=scheme, code=case.drg, case=case,
        text=f"{case.drg} 的病例费用普遍高于支付标准，建议按本地病例重新测算权重。", now=now,
    )  # fmt: skip
    if number == 0:
        disputes.study(by=base.office[0], dispute=made, now=now + UNTIL_ANSWERED)
    return 1


def _own(coder: Membership) -> Any:
    return visible.cases(coder).filter(voided_at=None)
