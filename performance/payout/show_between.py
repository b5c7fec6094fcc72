"""What the pages between institutions show, and the vouchers as rows of a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.period import Month
from alliance.lib.sheets import Cell
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.models import PayoutSettled, PayPool, PayTransfer
from performance.models.pay import PayKind
from performance.models.payout import CHECK, RUN
from performance.pay import show_between as between
from performance.payout import show
from performance.payout.services.exporting import yuan
from performance.payout.services.vouchers import Owed, VoucherLine, owed


def months() -> list[Month]:
    """Months with posted pools between institutions, newest first; one query."""
    rows = PayPool.objects.filter(source="between", state="posted").order_by("-month")
    return [Month.of(day) for day in rows.values_list("month", flat=True).distinct()]


def page(asked: Month | None, membership: Membership) -> dict[str, Any]:
    """Who owes whom of a month; of the newest where none is asked for."""
    known = months()
    month = asked or (known[0] if known else None)
    pairs = owed(month, seen_by=membership) if month else []
    return {
        "title": _("Between institutions"), "rooms": show.tabs("payout-between", membership), "month": month,
        "months": [
            parts.Tab(web_words.month(one.first_day), f"?month={one}", one == month) for one in known[:12]
        ],
        "pairs": [(one, way(membership, "payout-statement", month, one.payer.code, one.payee.code))
                  for one in pairs],
        "sum": sum(one.fen for one in pairs), "open": sum(one.open for one in pairs),
        **(between.panel(month, membership, timezone.now()) if month else {}),
        "vouchers": month is not None and membership.institution_id is None and membership.can("export.run"),
    }  # fmt: skip


def statement(month: Month, pair: Owed, membership: Membership) -> dict[str, Any]:
    """The statement of a payer and a payee: by kind, fact by fact, what is paid of it."""
    rows = list(PayTransfer.objects.filter(
        pool__month=month.first_day, pool__state="posted", payer=pair.payer, payee=pair.payee
    ).select_related("pool").order_by("pool__kind", "pool__number", "pk"))  # fmt: skip
    known = between.records(rows, membership)
    paid = PayoutSettled.objects.filter(
        month=month.first_day, payer=pair.payer, payee=pair.payee
    ).select_related("entered_by__user", "confirmed_by__user").order_by("pk")  # fmt: skip
    checks = show.does(membership, CHECK)
    return {
        "title": _("Settlement between institutions"), "month": month, "pair": pair,
        "rows": [(row, known.get((row.evidence_kind, row.evidence_id))) for row in rows],
        "kinds": [(PayKind(kind).label, fen) for kind, fen in pair.by_kind],
        "paid": [
            (row, checks and row.confirmed_at is None and row.entered_by.user_id != membership.user_id)
            for row in paid
        ],
        "settles": pair.open > 0 and show.does(membership, RUN),
    }  # fmt: skip


def voucher_rows(lines: Sequence[VoucherLine]) -> list[list[Cell]]:
    """Vouchers as the books of an institution take them; amounts in yuan."""
    heads: list[Cell] = [
        _("institution"), _("day"), _("journal text"), _("code of the subject"), pgettext("books", "subject"),
        _("debit (yuan)"), _("credit (yuan)"), _("number of the voucher"),
    ]  # fmt: skip
    return [
        heads,
        *([one.institution, one.day, one.text, one.subject, one.name, yuan(one.debit) if one.debit else None,
           yuan(one.credit) if one.credit else None, one.paper] for one in lines),
    ]  # fmt: skip
