"""The file for the bank: previewed masked, written whole under its own permission (practice.md 7)."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.lib import sheets
from alliance.lib.money import Fen
from alliance.lib.period import Month
from alliance.models import Membership, RosterRow
from alliance.services import journal
from performance.engine.payout.layouts import Layout, cells
from performance.models import (
    PayoutExport,
    PayoutLot,
    PayoutPayment,
    PayoutTemplate,
)
from performance.models.payout import EXPORT
from performance.payout.refusals import PayoutRefused
from performance.payout.services import accounts, ground, returned
from performance.services.rights import require

Row = Mapping[str, str | int]
State = PayoutPayment.State
LANGUAGE = "zh-hans"  # of what a bank reads


@dataclass(frozen=True, slots=True)
class File:
    """A file that leaves: its name, type, bytes."""

    name: str
    content_type: str
    content: bytes


TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv",
}  # fmt: skip


def template_of(lot: PayoutLot) -> PayoutTemplate:
    """The template the lot left by, else the one that counts for its bank. Raises PayoutRefused
    (no_template).
    """
    left = PayoutExport.objects.filter(lot=lot).select_related("template").first()
    found = left.template if left else accounts.banks().get(lot.bank)
    if found is None:
        raise PayoutRefused("no_template", bank=lot.bank.upper())
    return found


def payments(lot: PayoutLot, *, whole: bool) -> Iterable[PayoutPayment]:
    """The payments of a lot that leave, in their order; numbers stay sealed unless the file is whole."""
    rows = PayoutPayment.objects.filter(lot=lot).exclude(state=State.WITHDRAWN)
    rows = rows.corrected().select_related("lot__institution", "lot__entity", "staff__institution", "account")
    found: Iterable[PayoutPayment] = (
        rows if whole else rows.defer("account__number", "lot__entity__number")
    ).order_by("number")
    return found


def rows_of(lot: PayoutLot, *, whole: bool) -> Iterator[Row]:
    """Each payment by the fields of a layout; account numbers masked unless `whole`. Amounts in yuan."""
    for one in payments(lot, whole=whole):
        purpose = purpose_of(one)
        entity, account = one.lot.entity, one.account
        yield {
            "number": one.number, "reference": one.reference, "holder": account.holder,
            "account": account.number if whole else account.masked, "bank": account.bank.upper(),
            "branch": account.branch, "amount": yuan(one.fen), "purpose": purpose,
            "payer_account": entity.number if whole else entity.masked, "payer": entity.holder,
            "credit_code": entity.credit_code, "staff_code": one.staff.code,
            "institution": one.lot.institution.name, "month": str(lot.period), "item": purpose,
        }  # fmt: skip


def purpose_of(one: Any) -> str:
    """What a payment is for, as its bank and its person read it: the month, and what corrections owe."""
    with translation.override(LANGUAGE):
        said = _("Collaboration pay of %(month)s") % {"month": one.lot.period}
        if not one.corrected_fen:
            return said
        months = "、".join(str(Month.of(day)) for day in one.corrected_of)
        return said + _(", of it %(fen)s corrections of %(months)s") % {
            "fen": yuan(one.corrected_fen), "months": months,
        }  # fmt: skip


def yuan(fen: Fen) -> str:
    """Fen as banks write it: no commas."""
    return f"{fen // 100}.{fen % 100:02d}"


def preview(lot: PayoutLot) -> list[list[str | int | None]]:
    """The file as it will be, with masked account numbers. Raises PayoutRefused (no_template)."""
    layout = ground.layout_of(template_of(lot))
    return cells(layout, rows_of(lot, whole=False))


@transaction.atomic
def export(*, by: Membership, lot: PayoutLot, now: datetime) -> File:
    """Write the file for the bank with whole account numbers; the first time the payments are on their way.

    The same lot gives the same bytes again; every export is kept and journaled. Raises PermissionDenied,
    PayoutRefused (not_checked, left, came_back, no_template).
    """
    require(by, EXPORT)
    if lot.checked_at is None:
        raise PayoutRefused("not_checked")
    template = template_of(lot)
    made = PayoutPayment.objects.filter(lot=lot, state=State.MADE)
    back = made.filter(account__in=returned.said()).select_related("staff").first()
    if back is not None:
        raise PayoutRefused("came_back", name=back.staff.name)
    made.update(state=State.EXPORTED)
    found = list(rows_of(lot, whole=True))
    if not found:
        raise PayoutRefused("left")
    layout = ground.layout_of(template)
    content = written(layout, cells(layout, found))
    kept: PayoutExport = PayoutExport.objects.create(
        lot=lot, template=template, rows=len(found), by=by, at=now,
        fen=sum(one.fen for one in PayoutPayment.objects.filter(lot=lot).exclude(state=State.WITHDRAWN)),
        sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    journal.write(by=by, verb="payout.exported", about=kept, lot=lot.code, rows=kept.rows, fen=kept.fen)
    return File(f"{lot.code}.{layout.file}", TYPES[layout.file], content)


def written(layout: Layout, rows: Iterable[list[str | int | None]]) -> bytes:
    """A sheet as its layout asks: text can never become a formula (walls.md 4)."""
    if layout.file == "xlsx":
        body = io.BytesIO()
        sheets.write_xlsx(body, rows)
        return body.getvalue()
    text = b"".join(sheets.csv_chunks(rows))
    if layout.encoding == "gb18030":
        return text.decode("utf-8-sig").encode("gb18030")
    return text


@transaction.atomic
def payroll(*, by: Membership, month: Month) -> File:
    """The month's payments for the payroll system, which computes the tax. Without account numbers.

    Raises PermissionDenied, PayoutRefused (no_template, no_lot).
    """
    require(by, EXPORT)
    template = ground.payroll_template()
    if template is None:
        raise PayoutRefused("no_template", bank=_("the payroll system"))
    employed = {
        row.staff_id: str(row.get_employment_display())
        for row in RosterRow.objects.filter(month=month.first_day)
    }
    found: list[Row] = []
    for lot in PayoutLot.objects.filter(month=month.first_day).order_by(
        "institution__code", "bank", "number"
    ):
        left = lot.payments.filter(state__in=[State.MADE, State.EXPORTED, State.PAID])
        living: dict[str | int, int] = dict(left.values_list("number", "staff"))
        found += [
            {**row, "employment": employed.get(living[row["number"]], "")}
            for row in rows_of(lot, whole=False) if row["number"] in living
        ]  # fmt: skip
    if not found:
        raise PayoutRefused("no_lot", month=month)
    layout = ground.layout_of(template)
    content = written(layout, cells(layout, found))
    journal.write(by=by, verb="payout.payroll_exported", about=template, month=str(month), rows=len(found))
    return File(f"payroll-{month}.{layout.file}", TYPES[layout.file], content)
