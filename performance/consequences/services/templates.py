"""Templates of commitment letters: the ready ones, and the versions an alliance decides (S3-31)."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

from django.db import IntegrityError, transaction

from alliance.lib.canonical import to_plain
from alliance.models import Institution, Membership
from alliance.services import journal
from performance.consequences import measures
from performance.consequences.refusals import LetterRefused
from performance.engine.commitments import Promise, PromiseRefused, check
from performance.engine.restore import restore
from performance.models import LetterTemplate
from performance.models.letters import RUN
from performance.services.rights import require

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "letters.toml"
PRESET = "系统预置"


@dataclass(frozen=True, slots=True)
class Ready:
    """One ready template."""

    code: str
    name_zh: str
    name_en: str
    kinds: tuple[str, ...]
    promises: tuple[Promise, ...]


@cache
def shipped() -> dict[str, Ready]:
    """The templates the product ships with, by code."""
    rows = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["template"]
    found = (restore(Ready, row, f"$.template[{place}]") for place, row in enumerate(rows))
    return {one.code: one for one in found}


@transaction.atomic
def install(*, by: Membership | None, year: int, now: datetime) -> int:
    """Take over the ready templates the alliance lacks, from a year on; returns how many. Idempotent."""
    if by is not None:
        require(by, RUN)
    known = set(LetterTemplate.objects.values_list("code", flat=True))
    rows = [
        LetterTemplate(
            code=one.code, name=one.name_zh, kinds=list(one.kinds), from_year=year,
            promises=to_plain(_sided(one.promises)), decided_by=PRESET, entered_by=by, entered_at=now,
        )
        for one in shipped().values()
        if one.code not in known
    ]  # fmt: skip
    LetterTemplate.objects.bulk_create(rows)
    if rows:
        journal.write(by=by, verb="letter.templates_taken", count=len(rows))
    return len(rows)


def _sided(promises: Sequence[Promise]) -> list[Promise]:
    return [replace(one, side=measures.side_of(one.code, one.of)) for one in promises]  # type: ignore[arg-type]


@transaction.atomic
def decide(
    *, by: Membership, template: LetterTemplate, from_year: int, promises: Sequence[Promise],
    decided_by: str, now: datetime,
) -> LetterTemplate:  # fmt: skip
    """Enter the next version of a template. Raises PermissionDenied, PromiseRefused, LetterRefused."""
    require(by, RUN)
    lines = _sided(promises)
    check(lines, measures.names(lines), measures.rule(date(from_year, 1, 1)))
    try:
        with transaction.atomic():
            made: LetterTemplate = LetterTemplate.objects.create(
                code=template.code, name=template.name, kinds=template.kinds, from_year=from_year,
                promises=to_plain(lines), decided_by=decided_by, entered_by=by, entered_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        if "letter_template_once" not in str(error):
            raise
        raise LetterRefused("template_there", year=from_year) from None
    journal.write(by=by, verb="letter.template_decided", about=made, year=from_year)
    return made


def fitting(institution: Institution, year: int) -> LetterTemplate:
    """The template in force for an institution in a year. Raises LetterRefused (template)."""
    rows = LetterTemplate.objects.filter(kinds__contains=[institution.kind], from_year__lte=year)
    found: LetterTemplate | None = rows.order_by("-from_year", "-pk").first()
    if found is None:
        raise LetterRefused("template", institution=institution.short_name, year=year)
    return found


def resolved(promises: Sequence[Promise], on: date) -> list[Promise]:
    """With the numbers of parameters in force on a day. Raises PromiseRefused (no_target)."""
    found = []
    for one in promises:
        value = one.target
        if value is None:
            if not one.target_key:
                raise PromiseRefused("no_target", name=measures.names([one])[one.code])
            value = measures.target(one.target_key, on)
        found.append(replace(one, target=value))
    return found
