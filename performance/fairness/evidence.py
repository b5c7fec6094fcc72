"""The records of a clue as a member may see them: named and linked as far as the other rooms allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import words as web_words
from alliance.web.access import way
from grouping.patterns import facts as cases
from performance.declared import words as declared
from performance.models import Clue, ClueRecord, DeclaredValue, EvaluationRound
from performance.show import labels
from referrals import patterns as referrals

# What a member must be allowed to see of a kind; who may not sees how many there are.
NEEDS = {"case": "case.list", "referral": "referral.view", "value": "declared.view"}
RULES = {
    "bounced": gettext_lazy("down and up again after %(days)s days"),
    "untreated": gettext_lazy("arrived, never treated"),
}


@dataclass(frozen=True)
class Shown:
    """One record: its name, where it opens ("" nowhere for this reader), place and time, what is striking."""

    name: str
    url: str
    where: str
    when: str
    told: str


def shown(clue: Clue, records: Sequence[ClueRecord], member: Membership) -> list[Shown]:
    """Some records of one kind or several, in their order; one query a kind."""
    found: dict[tuple[str, int], Shown] = {}
    for kind, namer in NAMERS.items():
        ids = [one.object_id for one in records if one.kind == kind]
        if ids and member.can(NEEDS.get(kind, "fairness.view")):
            told = {one.object_id: one.told for one in records if one.kind == kind}
            found |= {(kind, pk): row for pk, row in namer(ids, told, member).items()}
    hidden = Shown(_("not yours to see"), "", web_words.DASH, web_words.DASH, "")
    return [found.get((one.kind, one.object_id), hidden) for one in records]


Told = Mapping[int, Mapping[str, Any]]


def _cases(ids: Sequence[int], told: Told, member: Membership) -> dict[int, Shown]:
    """Stays by record number, of institutions the member sees."""
    firsts = [int(one["first"]) for one in told.values() if one.get("first")]
    rows = {one.pk: one for one in cases.named([*ids, *firsts])}
    return {
        pk: Shown(
            str(rows[pk]), way(member, "case", pk), rows[pk].institution.short_name,
            web_words.day(rows[pk].admitted_at), _of_case(told[pk], rows),
        )
        for pk in ids
        if pk in rows and member.sees(rows[pk].institution_id)
    }  # fmt: skip


def _of_case(told: Mapping[str, Any], rows: Mapping[int, Any]) -> str:
    if told.get("referral"):
        return _("back after %(days)s days, by referral %(number)s") % {
            "days": told["days"], "number": told["referral"]
        }  # fmt: skip
    if not told.get("first"):
        return str(told.get("group", ""))
    first = rows.get(int(told["first"]))
    said = _("%(days)s days after the discharge of %(day)s") % {
        "days": told["days"], "day": web_words.day(first.discharged_at) if first else web_words.DASH
    }  # fmt: skip
    if told.get("paid"):
        said += _("; first stay %(paid)s times the mean charge of its group") % {"paid": told["paid"]}
    return said


def _referrals(ids: Sequence[int], told: Told, member: Membership) -> dict[int, Shown]:
    others = [int(one["other"]) for one in told.values() if one.get("other")]
    rows = referrals.numbers([*ids, *others], member)
    return {
        pk: Shown(
            row.number, way(member, "referral", pk),
            f"{row.origin_institution.short_name} → "
            f"{row.target_institution.short_name if row.target_institution else web_words.DASH}",
            web_words.moment(row.arrived_at or row.logged_at), _of_referral(told[pk], rows),
        )
        for pk, row in rows.items()
        if pk in told
    }  # fmt: skip


def _of_referral(told: Mapping[str, Any], rows: Mapping[int, Any]) -> str:
    rule = RULES.get(str(told.get("rule", "")))
    if rule is None:
        return ""
    back = rows.get(int(told.get("other") or 0))
    said = str(rule) % {"days": told.get("days", "")}
    return f"{said} ({back.number})" if back else said


def _values(ids: Sequence[int], told: Told, member: Membership) -> dict[int, Shown]:
    rows = DeclaredValue.objects.seen_by(member).filter(pk__in=ids).select_related("institution")
    return {
        row.pk: Shown(
            labels.named(labels.facts()[row.fact]), way(member, "declared-value", row.pk),
            row.institution.short_name, declared.span(row.span), declared.number(row),
        )
        for row in rows
    }  # fmt: skip


def _rounds(ids: Sequence[int], told: Told, member: Membership) -> dict[int, Shown]:
    rows = EvaluationRound.objects.filter(pk__in=ids)
    return {
        row.pk: Shown(
            row.name, way(member, "evaluation", row.pk), web_words.DASH, web_words.month(row.month), ""
        )
        for row in rows
    }


def _months(ids: Sequence[int], told: Told, member: Membership) -> dict[int, Shown]:
    found = {}
    for pk in ids:
        month = Month(pk // 100, pk % 100)
        name = _("points of %(month)s") % {"month": web_words.month(month)}
        found[pk] = Shown(name, way(member, "month", str(month)), web_words.DASH, web_words.month(month), "")
    return found


NAMERS: Mapping[str, Callable[[Sequence[int], Told, Membership], dict[int, Shown]]] = {
    "case": _cases, "referral": _referrals, "value": _values, "round": _rounds, "month": _months,
}  # fmt: skip
