"""Off-site filings of the demonstration: in time, late, waiting, more papers; people are invented."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from alliance.lib.identity import id_check_character
from alliance.lib.workdays import SHANGHAI
from alliance.tenancy.scope import act_in
from performance.demonstration.ground import Ground
from referrals.offsite import services

# Hours ago, kind, name, city, hospital, minutes to the answer (None: waits), answer, text or number.
TOLD = (
    (0.2, "temporary", "岳海棠", "杭州市", "", None, "", ""),
    (0.8, "emergency", "卢望远", "宁波市", "市第一医院", None, "", ""),
    (3, "residence", "冯守一", "上海市", "", 25, "more", "请补居住证或居委会证明，可直接拍照补充。"),
    (26, "transfer", "施怀德", "杭州市", "省人民医院", 18, "filed", "YD33012600187"),
    (50, "residence", "彭若兰", "苏州市", "", 41, "filed", "YD33012600174"),
    (75, "temporary", "佟秋实", "北京市", "", 96, "filed", "YD33012600160"),
    (140, "transfer", "龚长河", "上海市", "肿瘤医院", 33, "refused", "参保状态为停保，请先到参保地恢复。"),
)  # fmt: skip


def load(base: Ground, now: datetime) -> str:
    """Send each by its own phone and answer it; a line of the report."""
    if not base.office or "A01" not in base.places:
        return "no off-site filings"
    desk = base.office[0]
    with act_in(base.alliance), transaction.atomic():
        for number, (hours, kind, name, city, hospital, minutes, verdict, text) in enumerate(TOLD):
            at = now - timedelta(hours=hours)
            said = services.Said(
                base.places["A01"], kind, name, _id_number(number), f"1380000{number:04d}", "resident", city,
                at.astimezone(SHANGHAI).date(), hospital,
            )  # fmt: skip
            row = services.file(by=None, said=said, mark=f"demo:{number}", now=at).filing
            if minutes is not None:
                key = "filing_no" if verdict == "filed" else "text"
                services.answer(
                    by=desk, filing=row, verdict=verdict, now=at + timedelta(minutes=minutes), **{key: text}
                )  # type: ignore[arg-type]  # the key is one of two texts
        return f"{len(TOLD)} off-site filings"


def _id_number(serial: int) -> str:
    """A well-formed number of nobody: region 990000 does not exist."""
    first = f"99000019600{serial % 9 + 1}1500{serial % 10}"
    return first + id_check_character(first)
