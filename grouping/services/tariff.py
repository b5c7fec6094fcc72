"""Tariffs of an alliance: sheets entered by one, released by another; a case's standard in fen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.lib.canonical import digest
from alliance.lib.refusal import Refused
from alliance.models import Institution, Membership
from alliance.services import journal, parameter_proposals
from grouping.engine import tariff as engine
from grouping.engine.tariff import Standard, Subject
from grouping.models import MONEY, PLACED, Tariff, TariffKind, TariffSheet
from grouping.queues import bell
from grouping.services import claims, past

KIND = "tariff.release"
QUALITY_SWITCH = "payment.quality_linked"
INSURANCES = ("", "employee", "resident")  # any, 职工, 居民
LEVELS = ("", "tertiary", "secondary", "primary")
LIMIT = 10**11  # a value is below it: what the column of a row can hold
CODE = re.compile(r"[a-z0-9_-]{1,30}\Z")
Row = dict[str, Any]
State = TariffSheet.State


class TariffRefused(Refused):
    """A sheet cannot be kept or proposed as it is."""

    reasons = {
        "not_draft": "Only a draft can be changed. Begin a new sheet.",
        "no_rows": "Enter at least one value.",
        "same_day": "%(key)s has a value from %(day)s on already. Choose another day.",
        "bad_value": "%(text)s is not a positive number.",
        "too_fine": "%(text)s has more decimals than can be kept (%(places)s).",
        "bad_key": "%(key)s is not a key of this kind.",
        "twice": "%(key)s is there twice.",
    }


def tables(until: date) -> engine.Tariff:
    """All rows that hold on some day up to `until`, in one query; ask it for the standard of many cases."""
    rates: dict[str, list[engine.Rate]] = {kind: [] for kind in MONEY}
    placed: dict[str, list[engine.Coefficient]] = {kind: [] for kind in PLACED}
    adjustments = []
    rows = Tariff.objects.filter(from_date__lte=until).select_related("institution")
    for row in rows:
        if row.kind in MONEY:
            insurance, level = row.key.split("/")
            rates[row.kind].append(engine.Rate(int(row.value), row.from_date, insurance, level, row.pk))
        elif row.kind in PLACED:
            code = row.institution.code if row.institution else ""
            level = "" if code else row.key.removeprefix("*")
            placed[row.kind].append(engine.Coefficient(row.value, row.from_date, code, level, row.pk))
        else:
            adjustments.append(_adjustment(row))
    return engine.Tariff(
        rates[TariffKind.RATE], placed[TariffKind.COEFFICIENT], adjustments, rates[TariffKind.POINT],
        placed[TariffKind.QUALITY], _linked(until),
    )  # fmt: skip


def quality_linked(on: date) -> bool:
    """Whether payment follows quality on a day."""
    return max(_linked(on), default=(on, False))[1]


def _linked(until: date) -> list[tuple[date, bool]]:
    """From which days on payment follows quality, or not (S4-37)."""
    rows = parameter_proposals.values_of(QUALITY_SWITCH)
    return [(row.from_date, row.value is True) for row in rows if row.from_date <= until and not row.level]


def _adjustment(row: Tariff) -> engine.Adjustment:
    terms = row.terms
    most = terms.get("most_weight") or None
    return engine.Adjustment(
        row.key, terms.get("name", row.key), row.value, row.from_date,
        most_weight=Decimal(most) if most is not None else None, minimal=bool(terms.get("minimal")),
        ways=tuple(terms.get("ways", ())), drgs=tuple(terms.get("drgs", ())), id=row.pk,
    )  # fmt: skip


def standard(
    *,
    case_weight: Decimal,
    institution: Institution,
    on: date,
    insurance: str = "",
    drg: str = "",
    minimal: bool | None = None,
    way: int | None = None,
) -> Standard:
    """Payment standard of one case discharged on a day, in fen with the factors of its formula.

    insurance: "employee", "resident" or "". minimal: with a minimally invasive operation; way: of discharge;
    None = not known. fen is None where no rate is in force. For many cases ask `tables` once.
    """
    subject = Subject(case_weight, institution.code, institution.level, insurance, drg, minimal, way)
    return tables(on).standard(subject, on)


@transaction.atomic
def keep(
    *,
    by: Membership,
    kind: str,
    from_date: date,
    decided_by: str,
    source: str,
    rows: Sequence[Row],
    sheet: TariffSheet | None = None,
) -> TariffSheet:
    """Keep a draft: rows of {"key", "value", "terms"}; an empty value is left out. Raises TariffRefused."""
    kept = [_checked(kind, row) for row in rows if str(row.get("value", "")).strip()]
    keys = [row["key"] for row in kept]
    for key in keys:
        if keys.count(key) > 1:
            raise TariffRefused("twice", key=key)
    if not kept:
        raise TariffRefused("no_rows")
    found = TariffSheet(kind=kind, made_by=by) if sheet is None else _draft(sheet)
    found.from_date, found.decided_by, found.source, found.rows = from_date, decided_by, source, kept
    found.save()
    journal.write(by=by, verb="tariff.kept", about=found, kind=kind, from_date=str(from_date))
    return found


def _draft(sheet: TariffSheet) -> TariffSheet:
    found = TariffSheet.objects.select_for_update().get(pk=sheet.pk)
    if found.state != State.DRAFT:
        raise TariffRefused("not_draft")
    return found


def _checked(kind: str, row: Row) -> Row:
    """A row with its value as written and a key of its kind; a rate in whole fen."""
    text = str(row["value"]).strip()
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise TariffRefused("bad_value", text=text) from None
    if not value.is_finite() or not 0 < value < LIMIT:
        raise TariffRefused("bad_value", text=text)
    places = 0 if kind in MONEY else 6
    if value != round(value, places):
        raise TariffRefused("too_fine", text=text, places=places)
    _check_key(kind, str(row["key"]))
    return {"key": str(row["key"]), "value": text, "terms": dict(row.get("terms") or {})}


def _check_key(kind: str, key: str) -> None:
    if kind in MONEY:
        insurance, _slash, level = key.partition("/")
        sound = insurance in INSURANCES and level in LEVELS
    elif kind in PLACED and key.startswith("*"):
        sound = key[1:] in LEVELS
    elif kind in PLACED:
        sound = Institution.objects.filter(code=key).exists()
    else:
        sound = bool(CODE.match(key))
    if not sound:
        raise TariffRefused("bad_key", key=key)


@transaction.atomic
def discard(*, by: Membership, sheet: TariffSheet) -> TariffSheet:
    """Put a draft aside. Raises TariffRefused (not_draft)."""
    found = _draft(sheet)
    found.discard()
    found.save(update_fields=["state"])
    journal.step(by=by, about=found, name="discard", before=State.DRAFT, after=found.state)
    return found


@transaction.atomic
def propose(*, by: Membership, sheet: TariffSheet, on: date, confirmed: bool = False) -> Approval:
    """Propose that a draft's rows hold; `on` chooses the version of the chain.

    `confirmed`: the proposer knows which months a day before `on` touches. Raises TariffRefused,
    PastUnconfirmed, DayClaimed, AlreadyProposed, TooFewDeciders.
    """
    refuse(sheet)
    terms = past.confirmed_terms(sheet.from_date, on=on, confirmed=confirmed)
    made = approvals.propose(
        by=by, kind=KIND, about=sheet, chain=chains.in_force(chains.TWO_PEOPLE, on=on, kind=KIND),
        digest=content_digest(sheet), terms=terms,
        arguments={"kind": sheet.kind, "from_date": sheet.from_date},
    )  # fmt: skip
    claims.take(kind=_claim(sheet), day=sheet.from_date, approval=made)
    return made


def _claim(sheet: TariffSheet) -> str:
    """What a sheet claims a day for: rates whole, coefficients whole, an adjustment by its code."""
    own = sheet.kind == TariffKind.ADJUSTMENT
    return f"{sheet.kind}:{sheet.rows[0]['key']}" if own else str(sheet.kind)


def refuse(sheet: TariffSheet) -> None:
    """Raise TariffRefused where a sheet cannot take force."""
    if sheet.state != State.DRAFT:
        raise TariffRefused("not_draft")
    keys = [row["key"] for row in sheet.rows]
    taken = Tariff.objects.filter(kind=sheet.kind, from_date=sheet.from_date, key__in=keys).first()
    if taken is not None:
        raise TariffRefused("same_day", key=taken.key, day=taken.from_date)


def content_digest(sheet: TariffSheet) -> str:
    """What the deciders saw: the rows, their day, and what holds beside them."""
    beside = [
        [row.key, row.from_date, row.value]
        for row in Tariff.objects.filter(kind=sheet.kind).order_by("key", "from_date")
    ]
    content = {"rows": sheet.rows, "from": sheet.from_date, "by": sheet.decided_by, "source": sheet.source}
    return digest({"sheet": sheet.pk, **content, "beside": beside})


def waiting(sheet: TariffSheet) -> Approval | None:
    """The open proposal about a sheet, if there is one."""
    open_ = Approval.objects.filter(kind=KIND, about_id=sheet.pk, state=Approval.State.OPEN)
    found: Approval | None = open_.select_related("proposed_by__user").first()
    return found


def decided(approval: Approval, by: Membership) -> None:
    """The second person has agreed: write the rows. Raises TariffRefused."""
    claims.free(approval)
    if approval.state != Approval.State.APPROVED:
        return
    sheet = TariffSheet.objects.select_for_update().get(pk=approval.about_id)
    refuse(sheet)
    places = {one.code: one for one in Institution.objects.all()}
    Tariff.objects.bulk_create(_row(sheet, row, places) for row in sheet.rows)
    # What is a high or a low multiple follows from the standard.
    bell.enqueue_since(sheet.from_date)
    sheet.release()
    sheet.save(update_fields=["state"])
    journal.step(by=by, about=sheet, name="release", before=State.DRAFT, after=sheet.state)
    journal.write(
        by=by, verb="tariff.released", about=sheet, kind=sheet.kind, from_date=str(sheet.from_date),
        rows=len(sheet.rows),
    )  # fmt: skip


def _row(sheet: TariffSheet, row: Mapping[str, Any], places: Mapping[str, Institution]) -> Tariff:
    own = sheet.kind in PLACED and not row["key"].startswith("*")
    return Tariff(
        kind=sheet.kind, key=row["key"], from_date=sheet.from_date, value=Decimal(row["value"]),
        institution=places[row["key"]] if own else None, terms=row["terms"], sheet=sheet,
    )  # fmt: skip


def before(sheet: TariffSheet) -> dict[str, Tariff]:
    """The row of each key that held until a sheet took, or shall take, force.

    Once released, only rows released before it count, as its deciders read them.
    """
    rows = Tariff.objects.filter(kind=sheet.kind, from_date__lt=sheet.from_date).order_by("key", "from_date")
    first = sheet.released_rows.order_by("pk").values_list("pk", flat=True).first()
    return {row.key: row for row in (rows if first is None else rows.filter(pk__lt=first))}


def in_force(kind: str, on: date) -> dict[str, Tariff]:
    """The row of each key that holds on a day."""
    rows = Tariff.objects.filter(kind=kind, from_date__lte=on).order_by("key", "from_date")
    return {row.key: row for row in rows}
