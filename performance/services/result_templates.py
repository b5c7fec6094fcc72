"""Results in the alliance's own layout: a template is kept, and filled with a month (practice.md 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext_lazy

from alliance.lib import sheets
from alliance.lib.refusal import Refused
from alliance.models import Attachment, Membership
from alliance.services import files, journal
from performance.models import IndicatorValue, Line, MonthRun, ResultTemplate, Score, Settlement
from performance.services.rights import require
from performance.services.schemes import known_indicators

EXPORT = "export.run"
MOST_BYTES = 20 << 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SINGLE: Mapping[str, Any] = {
    "alliance": gettext_lazy("name of the alliance"), "month": gettext_lazy("month"),
    "scheme": gettext_lazy("scheme"), "scheme_version": gettext_lazy("version"),
    "pool": gettext_lazy("pool (yuan)"), "total_amount": gettext_lazy("sum of the amounts (yuan)"),
    "institutions": gettext_lazy("number of institutions"), "digest": gettext_lazy("digest of the result"),
}  # fmt: skip
OF_ROW: Mapping[str, Any] = {
    "code": gettext_lazy("code of the institution"), "institution": gettext_lazy("institution"),
    "score": gettext_lazy("score"), "base": gettext_lazy("performance-pay base (yuan)"),
    "amount": gettext_lazy("amount (yuan)"),
}  # fmt: skip
OF_INDICATOR: Mapping[str, Any] = {
    "value": gettext_lazy("value of an indicator, such as value:cmi"),
    "points": gettext_lazy("points of an indicator, such as points:cmi"),
}


class TemplateRefused(Refused):
    """A layout that cannot be kept; `field` is that of the form."""

    reasons = {
        "none": "The workbook holds no placeholder. Write {{institution}}, {{score}} and so on into cells.",
        "unknown": "%(sheet)s %(cell)s: {{%(name)s}} is no placeholder. Take one of the list.",
        "indicator": "%(sheet)s %(cell)s: there is no indicator %(name)s.",
    }
    field = "file"


@transaction.atomic
def keep(*, by: Membership, name: str, file_name: str, content: BinaryIO, now: datetime) -> ResultTemplate:
    """Keep a layout, its placeholders checked. Raises PermissionDenied, SheetRefused, TemplateRefused."""
    require(by, EXPORT)
    spots = sheets.placeholders(content)
    if not spots:
        raise TemplateRefused("none")
    for spot in spots:
        _check(spot)
    content.seek(0)
    file = files.store(
        by=by, name=file_name, content=iter(lambda: content.read(1 << 20), b""), limit=MOST_BYTES,
        purpose=Attachment.Purpose.EXPORT, content_type=XLSX,
    )  # fmt: skip
    row: ResultTemplate = ResultTemplate.objects.create(
        name=name.strip(), file=file, made_by=by, made_at=now,
        spots=[[spot.sheet, spot.cell, spot.name] for spot in spots],
    )  # fmt: skip
    journal.write(by=by, verb="result_template.kept", about=row, spots=len(spots))
    return row


def _check(spot: sheets.Spot) -> None:
    kind, colon, code = spot.name.partition(":")
    if colon and kind in OF_INDICATOR:
        if code not in known_indicators():
            raise TemplateRefused("indicator", sheet=spot.sheet, cell=spot.cell, name=code)
    elif spot.name not in {*SINGLE, *OF_ROW}:
        raise TemplateRefused("unknown", sheet=spot.sheet, cell=spot.cell, name=spot.name)


def newest() -> list[ResultTemplate]:
    """The last version of each layout, by name; one query."""
    rows = ResultTemplate.objects.select_related("file", "made_by__user").order_by("name", "pk")
    return list({row.name: row for row in rows}.values())


@transaction.atomic
def filled(*, by: Membership, template: ResultTemplate, run: MonthRun, request: Any = None) -> bytes:
    """A month's result in a layout; the same month and layout are the same bytes. Three queries for any size.

    Raises PermissionDenied, SheetRefused.
    """
    require(by, EXPORT)
    settlement = run.settlement
    assert settlement is not None, "callers choose a run with a result"
    rows = _rows(settlement, {spot[2] for spot in template.spots})
    with files.plain_copy(template.file) as content:
        made = sheets.fill(content, _single(by, settlement, rows), rows)
    journal.write(
        by=by, verb="month.exported", about=run, request=request, digest=settlement.result_digest,
        size=len(made),
    )  # fmt: skip
    return made


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen) / 100


def _single(by: Membership, settlement: Settlement, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    amounts = [row["amount"] for row in rows if row["amount"] is not None]
    return {
        "alliance": by.alliance.name, "month": f"{settlement.month:%Y-%m}",
        "scheme": settlement.scheme.name, "scheme_version": settlement.scheme.version,
        "pool": _yuan(settlement.pool_fen), "total_amount": sum(amounts, Decimal(0)) if amounts else None,
        "institutions": len(rows), "digest": settlement.result_digest,
    }  # fmt: skip


def _rows(settlement: Settlement, names: set[str]) -> list[dict[str, Any]]:
    """One row an institution, by code; what was not assessed stays empty, never 0."""
    values = {
        (row["institution"], row["indicator"]): row["value"]
        for row in IndicatorValue.objects.filter(settlement=settlement).values(
            "institution", "indicator", "value"
        )
    }
    points = {
        (row["institution"], row["indicator"]): row["score"]
        for row in Score.objects.filter(settlement=settlement).values("institution", "indicator", "score")
    }
    asked = [name.partition(":") for name in sorted(names) if ":" in name]
    lines = Line.objects.filter(settlement=settlement).select_related("institution")
    return [
        {
            "code": line.institution.code, "institution": line.institution.name, "score": line.score,
            "base": _yuan(line.basis_fen), "amount": _yuan(line.fen),
            **{
                f"{kind}:{code}": (values if kind == "value" else points).get((line.institution_id, code))
                for kind, _colon, code in asked
            },
        }
        for line in lines.order_by("institution__code")
    ]  # fmt: skip
