"""Pay of any institution, small: an award of one yuan that one person gets."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from alliance.approvals.models import Approval
from alliance.ledger.models import LedgerJournal
from alliance.lib.canonical import digest, to_plain
from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership, Staff
from alliance.services import files
from performance.models import (
    Entitlement,
    EntitlementLine,
    FundEntry,
    MonthRun,
    PayFund,
    PayLine,
    PayLinked,
    PayMember,
    PayPlan,
    PayPool,
    PayPot,
    PayRule,
    PayShare,
    PayTotal,
    PayUplift,
    PayUpliftLine,
    RosterChange,
    Score,
)
from tests.performance.pay_scene import NOW, RULE
from tests.performance.scene import OCTOBER

SHARE: dict[str, Any] = {"fen": 100, "weight_sum": 1, "quota": 100, "remainder_rank": 1}


def fund(by: Membership, code: str, mark: str) -> PayFund:
    """A source account."""
    made: PayFund = PayFund.objects.create(
        code=code, name=mark, source="retained", opened_by=by, opened_at=NOW
    )
    return made


def roster_change(by: Membership, staff: Staff, mark: str) -> RosterChange:
    """A correction of a frozen roster that waits."""
    made: RosterChange = RosterChange.objects.create(
        month=OCTOBER.first_day, staff=staff, institution=staff.institution, was={"share": "1.000"},
        reason=mark, entered_by=by, entered_at=NOW,
    )  # fmt: skip
    return made


def entry(by: Membership, account: PayFund, mark: str) -> FundEntry:
    """What a decision feeds in."""
    scan = files.store(
        by=by, name="x.pdf", content=[b"%PDF-1.4"], purpose="evidence", content_type="application/pdf",
        limit=99, institution=None,
    )  # fmt: skip
    made: FundEntry = FundEntry.objects.create(
        fund=account, day=date(2026, 10, 9), fen=100, document=f"{mark}7号", body=mark, scan=scan,
        entered_by=by, entered_at=NOW,
    )  # fmt: skip
    return made


def sheet(by: Membership, second: Membership, place: Institution, mark: str, number: int) -> Entitlement:
    """A confirmed sheet of which the institution has all."""
    scan = files.store(
        by=by, name="x.pdf", content=[b"%PDF-1.4"], purpose="evidence", content_type="application/pdf",
        limit=99, institution=None,
    )  # fmt: skip
    made: Entitlement = Entitlement.objects.create(
        kind="clinic", month=OCTOBER.first_day, number=number, document=f"{mark}7号", body=mark, scan=scan,
        terms={"cp.tcm_award": 100}, fen=100, digest="e" * 64, entered_by=by, entered_at=NOW,
    )  # fmt: skip
    EntitlementLine.objects.create(sheet=made, institution=place, given={"clinics": 1}, parts=[
        {"name": "award", "fen": 100, "told": [["", "clinics", 1], ["×", "award_price_fen", 100]]}
    ], fen=100)  # fmt: skip
    Entitlement.objects.filter(pk=made.pk).update(
        confirmed_by=second, confirmed_at=NOW, held_fen=100, wanted_fen=100
    )
    return made


def uplift(by: Membership, second: Membership, run: MonthRun, place: Institution, mark: str) -> PayUplift:
    """A confirmed sheet of the institution: nothing is added by one linked figure of a decided month."""
    both = {"entered_by": by, "entered_at": NOW, "confirmed_by": second, "confirmed_at": NOW}
    figure = Score.objects.create(
        settlement=run.settlement, institution=place, indicator="made", dimension="x", weight=10, score=50,
        formula={"key": "x", "tokens": []},
    )  # fmt: skip
    base = PayTotal.objects.create(
        institution=place, year=run.month.year, revision=1, fen=100, document=f"{mark}7号", **both
    )
    scan = files.store(
        by=by, name="x.pdf", content=[b"%PDF-1.4"], purpose="evidence", content_type="application/pdf",
        limit=99, institution=None,
    )  # fmt: skip
    made: PayUplift = PayUplift.objects.create(
        institution=place, year=run.month.year, number=1, base=base, base_fen=100, through=run.month,
        terms={"cp.linked_score_share": "30", "cp.salary_uplift_max": "15"}, document=f"{mark}7号", body=mark,
        earned=5, full=10, weight_all=100, heads_first=1, heads=1,
        fen=0, scan=scan, digest="u" * 64, entered_by=by, entered_at=NOW,
    )  # fmt: skip
    PayUpliftLine.objects.create(
        sheet=made, linked=linked(by, second, figure.indicator, mark, run.month), result=figure,
        month=run.month, indicator=figure.indicator, weight=figure.weight, score=figure.score,
    )  # fmt: skip
    PayUplift.objects.filter(pk=made.pk).update(confirmed_by=second, confirmed_at=NOW)
    return made


def linked(by: Membership, second: Membership, indicator: str, mark: str, day: date) -> PayLinked:
    """A confirmed list of one linked indicator."""
    made, _new = PayLinked.objects.get_or_create(
        from_date=day, revision=1, indicators=[indicator], defaults={
            "decided_by": mark, "entered_by": by, "entered_at": NOW, "confirmed_by": second,
            "confirmed_at": NOW,
        },
    )  # fmt: skip
    return made  # type: ignore[no-any-return]


def pool(
    by: Membership, account: PayFund, place: Institution, staff: Staff, number: int, mark: str,
    source: str = "retained", month: Month = OCTOBER,
) -> PayPool:  # fmt: skip
    """A draft with one share and one pot."""
    rule, _new = PayRule.objects.get_or_create(
        kind="award", from_date=OCTOBER.first_day, revision=1,
        defaults={"body": to_plain(RULE), "decided_by": "x", "digest": digest(to_plain(RULE)),
                  "entered_by": by, "entered_at": NOW},
    )  # fmt: skip
    made: PayPool = PayPool.objects.create(
        month=month.first_day, kind="award", number=number, name=mark, source=source, document=f"{mark}7号",
        fund=account, rule=rule, fen=100, digest="d" * 64, made_by=by, made_at=NOW,
    )  # fmt: skip
    share = PayShare.objects.create(pool=made, institution=place, **SHARE)
    PayPot.objects.create(
        pool=made, share=share, institution=place, group="doctor", above_fen=100,
        department=Department.objects.filter(institution=place).order_by("code").first(),
        people=[[staff.pk, "1.0000"]], factors=[["points", "1.0000"]], **SHARE,
    )  # fmt: skip
    return made


def post(row: PayPool, journal: LedgerJournal, approval: Approval) -> None:
    """As if a second person had agreed."""
    PayPool.objects.filter(pk=row.pk).update(state="proposed", approval=approval)
    PayPool.objects.filter(pk=row.pk).update(state="posted", journal=journal)


def shown(pot: PayPot, by: Membership, staff: Staff, mark: str) -> PayPot:
    """A plan of one person, shown for three days."""
    plan = PayPlan.objects.create(
        pot=pot, revision=1, agreed_on=NOW.date(), minutes=mark, made_by=by, made_at=NOW
    )
    PayMember.objects.create(plan=plan, staff=staff)
    PayLine.objects.create(plan=plan, pot=pot, staff=staff, points=1, fen=100, quota=100, remainder_rank=1)
    rows = PayPot.objects.filter(pk=pot.pk)
    rows.update(state="drafted", plan=plan)
    rows.update(state="shown", shown_at=NOW, shown_until=NOW + timedelta(days=3))
    found: PayPot = rows.get()
    return found
