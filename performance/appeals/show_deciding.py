"""What deciding an appeal shows: numbers to correct as they stand, everyone a correction moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import words as web_words
from performance.appeals import words
from performance.appeals.services import anew, correcting, posting, standing
from performance.appeals.services.correcting import Draft, FactKey
from performance.appeals.services.effect import Effect
from performance.models import Appeal, AppealCorrection, AppealLine


@dataclass(frozen=True)
class Affected:
    """One account a correction moves: whose, so far, corrected, difference (fen); of a person of a divided
    pot the points before and after and the formula with its numbers; `pool`: of which money.
    """

    name: str
    place: str
    before: int | None
    after: int | None
    fen: int
    points: str = ""
    pool: str = ""


def affected(appeal: Appeal, member: Membership) -> list[Affected]:
    """Everyone a correction concerns; a person of an institution sees the own entry alone."""
    found = list(posting.entries(appeal))
    if member.institution_id is not None and not appeal.sides_of(member) & {"handler"}:
        found = [one for one in found if _own(one, member)]
    return [of_draft(one) for one in found]


def _own(row: AppealCorrection, member: Membership) -> bool:
    if row.staff is not None:
        return bool(row.staff.user_id == member.user_id)
    return bool(row.institution_id == member.institution_id and member.can("person_score.view"))


def of_draft(row: AppealCorrection | Draft) -> Affected:
    """An entry, stored or previewed."""
    pot = row.pot.place if row.pot is not None else ""
    name = str(row.staff or row.institution or pot or _("source of the month"))
    place = str(row.institution.short_name) if row.institution is not None and row.staff else ""
    if row.pot is not None and row.institution is not None and row.staff is None:
        place = f"→ {pot}"
    amounts = (row.before_fen, row.after_fen, row.fen)
    return Affected(name, place, *amounts, words.divided(row.why), _pool(row))


def _pool(row: AppealCorrection | Draft) -> str:
    """The pool an entry is of; a share of the month itself says so."""
    pot = row.pot or (row.pay_line.pot if row.pay_line is not None else None)
    pool = row.pool or (pot.pool if pot is not None else None)
    if pool is not None:
        return str(pool.title)
    return _("share of the month") if "settlement" in row.why else ""


def effect_said(found: Effect | None) -> str:
    """What a correction means for whoever appealed."""
    if found is None:
        return ""
    said = _("For whoever appealed this is %(yuan)s yuan.") % {"yuan": web_words.yuan_diff(found.fen)}
    if found.asked is None:
        return said
    return f"{said} {_('Asked for: %(asked)s yuan.') % {'asked': web_words.yuan(found.asked)}}"


def facts_to_correct(found: Sequence[AppealLine]) -> list[tuple[FactKey, Any]]:
    """The facts of the month behind the indicator values of an appeal, as they stand."""
    known: dict[FactKey, Any] = {}
    for line in found:
        row = line.value
        if row is None:
            continue
        corrected = standing.of_month(row.settlement).facts
        at = str(Month.of(row.settlement.month))
        inputs = {(one.institution, one.key): one.value for one in anew.frozen(row.settlement).facts
                  if str(one.month) == at}  # fmt: skip
        for token in row.tokens:
            if token.get("origin") == "fact" and token["month"] == at:
                place = (row.institution.code, token["name"])
                key = (row.settlement_id, *place)
                if place in inputs:
                    known[key] = corrected.get(place, inputs[place])
    return sorted(known.items(), key=lambda one: one[0])


def points_of(found: Sequence[AppealLine]) -> dict[int, Decimal]:
    """Points of the lines of pay of an appeal, and of those of the persons whose indicators it is about, as
    they stand.
    """
    pay = {one.pk: one for one in correcting.pay_lines(found)}
    corrected = standing.of_lines(list(pay)).points
    return {pk: corrected.get(pk, row.points) for pk, row in pay.items()}
