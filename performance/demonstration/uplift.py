"""Pay totals of the demonstration that rise with the score: the linked indicators, two sheets in force, one
that waits for its second person.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from alliance.lib.period import Month
from alliance.models import Attachment
from alliance.services import files
from performance.demonstration.clock import acting
from performance.demonstration.ground import Ground
from performance.engine.pay.uplift import UpliftRefused
from performance.models import PayTotal, PayUplift
from performance.uplift.services import linked, sheets

LINKED = ("accepted_in_time", "down_arrivals")  # 转诊接收及时率, 下转到达
BODY, DOCUMENT = "管理委员会", "医共体委〔2026〕26号"
CONFIRMED, ALL = 2, 3
PDF = b"%PDF-1.4\n%%EOF\n"


def load(base: Ground, first: Month, at: datetime) -> None:
    """Decide the list at the first month's totals, then work sheets out of the decided months."""
    office, second = base.office[0], base.office[1]
    with acting(at):
        row = linked.enter(
            by=office, from_month=first, indicators=LINKED, decided_by=f"{BODY} {DOCUMENT}", now=at
        )
        linked.confirm(by=second, row=row, now=at)
    for place, sheet in enumerate(_entered(base, first.year, at + timedelta(hours=1))):
        if place < CONFIRMED:
            with acting(at + timedelta(hours=4)):
                sheets.confirm(by=second, sheet=sheet, now=at + timedelta(hours=4))
        if place == ALL - 1:
            break


def _entered(base: Ground, year: int, at: datetime) -> Iterator[PayUplift]:
    """Sheets of institutions with a total, by code; who was assessed in no linked indicator has none."""
    totals = PayTotal.objects.filter(year=year, uplift=None).select_related("institution")
    for total in totals.order_by("institution__code"):
        with acting(at):
            scan = files.store(
                by=base.office[0], name="薪酬总量上浮决定.pdf", content=[PDF], limit=1 << 20,
                institution=None, purpose=Attachment.Purpose.EVIDENCE, content_type="application/pdf",
            )  # fmt: skip
            try:
                made = sheets.enter(
                    by=base.office[0], institution=total.institution, year=year, document=DOCUMENT, body=BODY,
                    scan=scan, now=at,
                )  # fmt: skip
            except UpliftRefused:
                continue
        yield made
