"""An uplift sheet from its decision to the pay total in force: by two people, with decision and scan."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from alliance.lib import register
from alliance.lib.money import yuan
from alliance.lib.period import Month
from alliance.models import Attachment, Institution, Membership
from alliance.services import journal, parameters
from performance.decided import deeds
from performance.engine.exact import half_up
from performance.engine.pay.uplift import KEYS, uplift
from performance.models import PayTotal, PayUplift, PayUpliftLine
from performance.pay.services import limits
from performance.uplift.refusals import SheetRefused
from performance.uplift.services import reading

# Two sheets of an institution and year with all of these alike say the same.
NUMBERS = (
    "base_fen", "through", "terms", "earned", "full", "weight_all", "heads_first", "heads", "fen"
)  # fmt: skip
PLACES = {"earned": 10, "full": 4}  # weight x score / 100 of four decimals each is exact in ten


@transaction.atomic
def enter(
    *, by: Membership, institution: Institution, year: int, document: str, body: str, scan: Attachment | None,
    now: datetime, replaces_why: str = "",
) -> PayUplift:  # fmt: skip
    """Work an institution's uplift of a year out of its decided months, and keep it for a second person.
    `replaces_why`: why it takes the place of the sheet in force, where there is one.

    Raises PermissionDenied, SheetRefused (document, body, scan, village, waits, identical, replaces),
    UpliftRefused.
    """
    paper = deeds.of_paper(by=by, document=document, body=body, scan=scan, refused=SheetRefused)
    named = {"institution": institution.short_name}
    if institution.kind == Institution.Kind.VILLAGE:
        raise SheetRefused("village", **named)
    read = reading.read(institution, year)
    terms = terms_of(read.last)
    found = uplift(read.given, terms)
    rows = PayUplift.objects.filter(institution=institution, year=year)
    earlier = rows.filter(confirmed_at__isnull=False).order_by("-number").first()
    sheet = PayUplift(
        institution=institution, year=year, replaces=earlier,
        replaces_why=replaces_why.strip() if earlier else "",
        number=(rows.aggregate(n=Max("number"))["n"] or 0) + 1,
        base=read.base, base_fen=read.base.fen, through=read.last.first_day,
        terms={key: register.to_json(value) for key, value in terms.items()},
        earned=half_up(found.earned, PLACES["earned"]), full=half_up(found.full, PLACES["full"]),
        weight_all=read.given.weight_all, heads_first=read.given.heads_first, heads=read.given.heads,
        fen=found.fen, digest=read.mark, entered_at=now, **paper,
    )  # fmt: skip
    if earlier is not None:
        _other_than(earlier, sheet)
    waits = SheetRefused("waits", **named, year=year)
    deeds.insert(sheet, ("payuplift_one_waits", "payuplift_number"), waits)
    PayUpliftLine.objects.bulk_create(
        PayUpliftLine(
            sheet=sheet, linked=one.linked, result=one.result, month=one.month.first_day,
            indicator=one.result.indicator, weight=one.result.weight, score=one.result.score,
        )
        for one in read.lines
    )  # fmt: skip
    journal.write(by=by, verb="pay.uplift_entered", about=sheet, year=year, fen=sheet.fen)
    return sheet


def _other_than(earlier: PayUplift, sheet: PayUplift) -> None:
    """Raises SheetRefused (identical, replaces): a second sheet has other numbers, and a reason."""
    named = {"institution": sheet.institution.short_name, "year": sheet.year, "number": earlier.number}
    if in_force(earlier) and all(getattr(earlier, name) == getattr(sheet, name) for name in NUMBERS):
        raise SheetRefused("identical", **named, document=earlier.document)
    if not sheet.replaces_why:
        raise SheetRefused("replaces", **named)


def terms_of(month: Month) -> dict[str, register.Value]:
    """The parameters of an uplift as they hold in its last month. Raises NotInForce."""
    return parameters.several_in_force(KEYS, on=month.first_day)


@transaction.atomic
def confirm(*, by: Membership, sheet: PayUplift, now: datetime) -> PayUplift:
    """A second person has compared figures and decision: the new total is in force.

    Raises PermissionDenied, SheetRefused (same_person, decided, changed, paid), UpliftRefused. The database
    keeps one sheet in force an institution and year, and no total below what was given of it.
    """
    deeds.second(by, sheet, SheetRefused)
    if reading.read(sheet.institution, sheet.year, sheet.until).mark != sheet.digest:
        raise SheetRefused("changed")
    _not_spent(sheet)
    deeds.fill(sheet, SheetRefused, confirmed_by=by, confirmed_at=now)
    totals = PayTotal.objects.filter(institution=sheet.institution, year=sheet.year)
    PayTotal.objects.create(
        institution=sheet.institution, year=sheet.year, fen=sheet.total_fen, document=sheet.document,
        revision=(totals.aggregate(last=Max("revision"))["last"] or 0) + 1, uplift=sheet,
        entered_by=sheet.entered_by, entered_at=sheet.entered_at, confirmed_by=by, confirmed_at=now,
    )  # fmt: skip
    journal.write(
        by=by, verb="pay.uplift_confirmed", about=sheet, year=sheet.year, fen=sheet.fen, total=sheet.total_fen
    )
    return PayUplift.objects.named().get(pk=sheet.pk)  # type: ignore[no-any-return]


def _not_spent(sheet: PayUplift) -> None:
    """A total is not lowered below what was given of it (practice.md 6)."""
    paid = limits.paid_of(sheet.year).get(sheet.institution_id, 0)
    if paid > sheet.total_fen:
        said = {"paid": yuan(paid), "total": yuan(sheet.total_fen), "year": sheet.year}
        raise SheetRefused("paid", institution=sheet.institution.short_name, **said)


@transaction.atomic
def set_aside(*, by: Membership, sheet: PayUplift, why: str, now: datetime) -> None:
    """Leave the total as it is, by either of the two. Raises PermissionDenied, SheetRefused (why,
    decided).
    """
    deeds.set_aside(by=by, sheet=sheet, why=why, now=now, refused=SheetRefused, verb="pay.uplift_set_aside")


def in_force(sheet: PayUplift) -> bool:
    """Whether the institution's total of the year is the one of this sheet."""
    rows = PayTotal.objects.filter(
        institution=sheet.institution, year=sheet.year, confirmed_at__isnull=False
    ).order_by("-revision")
    found = rows.first()
    return found is not None and found.uplift_id == sheet.pk
