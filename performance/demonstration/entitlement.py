"""Entitlement sheets of the demonstration: a month of health-management packages paid to the teams ahead, a
sheet that waits for its second person, two persons with the innovation award of a month, last year's surplus
divided by the template.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from alliance.lib.period import Month
from alliance.models import Attachment
from alliance.services import files
from performance.demonstration.clock import acting
from performance.demonstration.ground import Ground
from performance.entitlement import subjects
from performance.entitlement.services import feeding, sheets
from performance.models import Entitlement, EntitlementKind, Line, MonthRun, PayFund, PayPool
from performance.pay.services import making

BODY, DOCUMENT, NEXT = "管理委员会", "医共体委〔2026〕21号", "医共体委〔2026〕24号"
SURPLUS = "医共体委〔2026〕28号"
# 4 % of the budget were left: what is above 3 % goes back to the insurer, a fifth is carried on.
YEAR = {"budget_fen": 8_640_000_000, "actual_fen": 8_294_400_000, "carry_in_fen": 31_250_000,
        "carry_out_percent": Decimal(20)}  # fmt: skip
AWARD, AWARDED = "医共体委〔2026〕27号", 2
PDF = b"%PDF-1.4\n%%EOF\n"


def load(base: Ground, fund: PayFund, month: Month, at: datetime) -> PayPool | None:
    """The draft of the pool that pays the packages; None where no family-doctor team is registered."""
    known = subjects.of(EntitlementKind.PACKAGES, month)
    if not known:
        return None
    rows: dict[str, Any] = {
        one.key: {
            "months_low": 160 + 8 * place, "months_mid": 60 + 3 * place, "months_high": 15 + place,
            "saving_fen": 0 if place % 4 else 96_000, "prepaid_fen": 0,
        }
        for place, one in enumerate(known)
    }  # fmt: skip
    with acting(at):
        paid = _entered(base, EntitlementKind.PACKAGES, month, rows, DOCUMENT, at)
    with acting(at + timedelta(hours=3)):
        paid = sheets.confirm(by=base.office[1], sheet=paid, now=at + timedelta(hours=3))
        made = making.make_from_entitlement(
            by=base.office[0], sheet=paid, fund=fund, name="健康管理包按月预付", document=DOCUMENT,
            now=at + timedelta(hours=3),
        )  # fmt: skip
    later = at + timedelta(days=1)
    with acting(later):
        head = {"this_year_fen": 96_000_000, "last_year_fen": 71_000_000}
        heads = {one.key: {"heads": 1_850 + 140 * place} for place, one in enumerate(known)}
        _entered(base, EntitlementKind.RETAINED, month, heads, NEXT, later, head=head)
    return made


def award(base: Ground, fund: PayFund, month: Month, at: datetime) -> PayPool | None:
    """The draft of the pool that pays the innovation award to the first persons paid; None without any."""
    known = subjects.of(EntitlementKind.INNOVATION_PERSONAL, month)[:AWARDED]
    if not known:
        return None
    with acting(at):
        sheet = _entered(
            base, EntitlementKind.INNOVATION_PERSONAL, month, {one.key: {} for one in known}, AWARD, at
        )
        sheet = sheets.confirm(by=base.office[1], sheet=sheet, now=at)
        return making.make_from_entitlement(
            by=base.office[0], sheet=sheet, fund=fund, name="医保管理创新奖", document=AWARD, now=at
        )


def surplus(base: Ground, month: Month, at: datetime) -> PayPool:
    """The draft of the pool that pays the members' part of last year's surplus, by the month's scores."""
    run = MonthRun.objects.get(month=month.first_day, state=MonthRun.State.POSTED)
    scores = dict(Line.objects.filter(settlement=run.settlement_id).values_list("institution", "score"))
    rows = {
        one.key: {"contribution": scores[one.institution.pk]}
        for one in subjects.of(EntitlementKind.SURPLUS, month) if scores.get(one.institution.pk)
    }  # fmt: skip
    with acting(at):
        sheet = _entered(base, EntitlementKind.SURPLUS, month, rows, SURPLUS, at, head=YEAR)
    later = at + timedelta(hours=4)
    with acting(later):
        sheet = sheets.confirm(by=base.office[1], sheet=sheet, now=later)
        return making.make_from_entitlement(
            by=base.office[0], sheet=sheet, fund=PayFund.objects.get(code=feeding.account_of(sheet)),
            name="上年度结余留用：成员单位绩效", document=SURPLUS, now=later,
        )  # fmt: skip


def _entered(
    base: Ground, kind: str, month: Month, rows: dict[str, Any], document: str, at: datetime, **more: Any
) -> Entitlement:
    scan = files.store(
        by=base.office[0], name=f"{document}.pdf", content=[PDF], purpose=Attachment.Purpose.EVIDENCE,
        content_type="application/pdf", limit=1 << 20, institution=None,
    )  # fmt: skip
    return sheets.enter(
        by=base.office[0], kind=kind, month=month, rows=rows, document=document, body=BODY, scan=scan, now=at,
        **{"head": {}, **more},
    )  # fmt: skip
