"""On-site visits of any institution, small: one item, carried out by the office."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from alliance.lib.canonical import to_plain
from alliance.models import Institution, Membership
from performance.engine.checklist import Checklist, Item, Section
from performance.engine.spans import Span
from performance.models import OnsiteChecklist, OnsiteVisit
from performance.onsite.services import checklists, finishing, planning, receiving
from performance.onsite.services.planning import Inspector, Plan
from performance.onsite.services.receiving import Signer
from tests.performance.onsite_scene import NOW, PNG, deducted, parcel

ITEM = Item("A1", "台账相符", Decimal(100), "each", each=Decimal(1), reasons=("不符",))
TABLE = Checklist("单项考核表", (Section("A", "台账", (ITEM,)),))


def draft(by: Membership, code: str) -> OnsiteChecklist:
    """A draft of one item for every kind of institution."""
    made: OnsiteChecklist = OnsiteChecklist.objects.create(
        code=code, number=1, name=TABLE.name, kinds=list(Institution.Kind.values),
        from_date=date(2026, 1, 1), body=to_plain(TABLE), made_by=by, made_at=NOW,
    )  # fmt: skip
    return made


def table(by: Membership, code: str) -> OnsiteChecklist:
    """The same, published."""
    return checklists.publish(by=by, row=draft(by, code), now=NOW, version=None)


def open_visit(by: Membership, checklist: OnsiteChecklist, place: Institution, quarter: Span) -> OnsiteVisit:
    """A visit under way."""
    what = Plan(checklist, place, quarter, quarter.last.last_day, [Inspector(by, True)])
    return planning.start(by=by, visit=planning.plan(by=by, plan=what, now=NOW))


def sign_visit(by: Membership, visit: OnsiteVisit, mark: str) -> OnsiteVisit:
    """One deduction with a photo, signed by both sides; `mark` is its note."""
    said = deducted("不符", note=mark)
    answer = receiving.answer(by=by, visit=visit, parcel=parcel(), item="A1", content=said)
    receiving.photo(by=by, visit=visit, parcel=parcel(), item="A1", image=PNG)
    for side in ("inspector", "inspected"):
        signer = Signer(side, mark, image=PNG)
        receiving.sign(by=by, visit=visit, parcel=parcel(), signer=signer, answers=[UUID(str(answer.uid))])
    return finishing.finish(by=by, visit=visit, now=NOW)
