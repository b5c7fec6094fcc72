"""Payment types as a page shows them: counts by type and institution, the rules in words (S4-25)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alliance.lib.period import Month
from alliance.models import Institution
from alliance.web import parts, words
from grouping import texts
from grouping.engine.paytype import OUT_OF_SCOPE, TYPES, Rule
from grouping.reports import grid
from grouping.services.payment_types import Count, Version

NAMES: Mapping[str, Any] = {
    "drg": gettext_lazy("DRG"),
    "dip": gettext_lazy("DIP (scores of diseases)"),
    "bed_day": gettext_lazy("by bed-day"),
    "single_disease": gettext_lazy("single disease"),
    "capitation": gettext_lazy("capitation"),
    "fee_for_service": gettext_lazy("fee for service"),
}


def name(code: str) -> str:
    """A type in words."""
    return str(NAMES.get(code, code))


def conditions(rule: Rule) -> str:
    """What a rule asks, in words."""
    kinds = dict(Institution.Kind.choices)
    found = [
        (_("institution: %(list)s"), [str(kinds.get(kind, kind)) for kind in rule.kinds]),
        (_("department code begins with %(list)s"), rule.departments),
        (_("principal diagnosis begins with %(list)s"), rule.diagnoses),
    ]
    said = [text % {"list": _(" or ").join(values)} for text, values in found if values]
    return ", ".join([*said, *_stay(rule)]) or _("all others")


def _stay(rule: Rule) -> list[str]:
    if rule.min_stay is not None and rule.max_stay is not None:
        return [_("stay of %(low)s to %(high)s days") % {"low": rule.min_stay, "high": rule.max_stay}]
    if rule.min_stay is not None:
        return [_("stay of %(low)s days or more") % {"low": rule.min_stay}]
    return [_("stay of at most %(high)s days") % {"high": rule.max_stay}] if rule.max_stay is not None else []


def cases_url(month: Month, **asked: object) -> str:
    """The cases behind a count."""
    kept = {key: value for key, value in asked.items() if value not in (None, "")}
    return f"{reverse('payment-type-cases')}?{urlencode({'month': str(month), **kept})}"


def title(month: Month, rows: Iterable[Count]) -> str:
    """The answer of the page: how many encounters the groups pay, how many something else."""
    inside, outside = _split(rows)
    if not inside + outside:
        return _("%(month)s: no encounter") % {"month": words.month(month)}
    said = ngettext(
        "%(month)s: %(inside)s encounters by DRG or DIP, %(outside)s by something else",
        "%(month)s: %(inside)s encounters by DRG or DIP, %(outside)s by something else",
        outside,
    )
    return said % {"month": words.month(month), "inside": words.num(inside), "outside": words.num(outside)}


def _split(rows: Iterable[Count]) -> tuple[int, int]:
    counted: Counter[bool] = Counter()
    for row in rows:
        counted[row.type in OUT_OF_SCOPE] += row.cases
    return counted[False], counted[True]


def by_type(month: Month, rows: list[Count]) -> grid.Grid:
    """One line a type: encounters, share, mean stay, charges."""
    columns = grid.columns(
        (_("type of payment"), grid.HEAD), (_("encounters"), grid.KEY),
        (_("share of the encounters"), grid.NUMBER),
        (_("mean stay (days)"), grid.NUMBER), (_("charges (yuan)"), grid.NUMBER), (_("scope"), grid.TEXT),
    )  # fmt: skip
    total = sum(row.cases for row in rows)
    lines = []
    for code in TYPES:
        own = [row for row in rows if row.type == code]
        if own:
            lines.append(_type_line(month, code, own, total))
    charges = sum(row.total_fen for row in rows)
    foot = [grid.Cell(text) for text in (_("total"), words.num(total), "", "", words.yuan(charges), "")]
    return grid.Grid(columns, lines, foot, caption=_("Encounters by type of payment"))


def _type_line(month: Month, code: str, rows: list[Count], total: int) -> grid.Row:
    cases = sum(row.cases for row in rows)
    days = Fraction(sum(row.stay_days for row in rows), cases)
    scope = _("outside DRG and DIP, no error") if code in OUT_OF_SCOPE else _("inside")
    return grid.row(
        name(code),
        grid.Cell(words.num(cases), cases_url(month, type=code)),
        words.pct(Fraction(cases, total)),
        words.num(days, 1),
        words.yuan(sum(row.total_fen for row in rows)),
        scope,
    )


def by_institution(month: Month, rows: list[Count], places: Mapping[int, Institution]) -> grid.Grid:
    """One line an institution, one column a type; each number opens its encounters."""
    used = [code for code in TYPES if any(row.type == code for row in rows)]
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counted[row.institution_id][row.type] += row.cases
    columns = [
        grid.Column(_("institution"), grid.HEAD),
        *(grid.Column(name(code), grid.NUMBER) for code in used),
        grid.Column(_("total"), grid.KEY),
    ]
    ordered = sorted(counted, key=lambda pk: (places[pk].pinyin, places[pk].code))
    lines = [
        grid.row(
            places[pk].short_name,
            *(_count(month, counted[pk][code], pk, code) for code in used),
            _count(month, counted[pk].total(), pk, ""),
        )
        for pk in ordered
    ]
    return grid.Grid(columns, lines, caption=_("Encounters by institution and type of payment"))


def _count(month: Month, number: int, institution: int, code: str) -> grid.Cell:
    if not number:
        return grid.Cell(words.DASH)
    return grid.Cell(words.num(number), cases_url(month, type=code, institution=institution))


def rules(month: Month, versions: list[Version], rows: list[Count], *, linked: bool) -> list[dict[str, Any]]:
    """The tables that held in the month with the number of encounters each rule decided."""
    decided: Counter[tuple[int | None, int | None]] = Counter()
    for row in rows:
        decided[row.version, row.number] += row.cases
    held = [one for one in versions if one.since <= month.last_day and one.until > month.first_day]
    return [
        {
            "version": one,
            "grid": grid.linked(_rules_grid(month, one, decided), linked),
            "source": (one.table.source_en if texts.language() == "en" else "") or one.table.source,
        }
        for one in held
    ]


def _rules_grid(month: Month, version: Version, decided: Counter[tuple[int | None, int | None]]) -> grid.Grid:
    columns = grid.columns(
        ("", grid.HEAD), (_("condition"), grid.WRAP), (_("type"), grid.TEXT), (_("encounters"), grid.KEY)
    )
    said = decided[None, None]
    lines = [
        grid.row(
            "0", _("the settlement list says it"), _("as it says"),
            grid.Cell(words.num(said), cases_url(month, by="document") if said else ""),
        )
    ]  # fmt: skip
    for number, rule in enumerate(version.table.rules, 1):
        cases = decided[version.id, number]
        url = cases_url(month, rule=number) if cases else ""
        lines.append(
            grid.row(str(number), conditions(rule), name(rule.type), grid.Cell(words.num(cases), url))
        )
    return grid.Grid(columns, lines, caption=_("Rules, the first that holds decides"))


def reason(versions: Mapping[int, Version], version: int | None, number: int | None) -> str:
    """What decided an encounter, in words."""
    if version is None or number is None:
        return _("the settlement list says it")
    rule = versions[version].table.rules[number - 1]
    return _("rule %(number)s: %(conditions)s") % {"number": number, "conditions": conditions(rule)}


def cases(
    rows: list[dict[str, Any]], versions: list[Version], places: Mapping[int, Institution], *, linked: bool
) -> grid.Grid:
    """Encounters with their type and what decided it; linked to the case for who may open one."""
    known = {one.id: one for one in versions}
    columns = grid.columns(
        (_("record number"), grid.HEAD), (_("institution"), grid.TEXT), (_("discharged"), grid.TEXT),
        (_("department code"), grid.DESK), (_("principal diagnosis"), grid.TEXT), (_("days"), grid.NUMBER),
        (_("charges (yuan)"), grid.NUMBER), (_("type of payment"), grid.KEY), (_("decided by"), grid.WRAP),
    )  # fmt: skip
    lines = [
        grid.row(
            grid.Cell(
                f"{row['record_no']}/{row['visit_no']}", reverse("case", args=[row["id"]]) if linked else ""
            ),
            places[row["institution_id"]].short_name, words.day(row["discharged_at"]), row["department_code"],
            row["principal"], words.num(row["stay_days"]), words.yuan(row["total_fen"]), name(row["type"]),
            reason(known, row["version"], row["number"]),
        )
        for row in rows
    ]  # fmt: skip
    return grid.Grid(columns, lines, caption=_("Encounters"))


def subject(row: Any) -> list[parts.Fact]:
    """What a decider reads of a proposed table."""
    from grouping.engine.paytype import rule_of

    found = [parts.Fact(_("holds from"), row.from_date.isoformat()), parts.Fact(_("source"), row.source)]
    for number, raw in enumerate(row.rules, 1):
        rule = rule_of(raw)
        found.append(
            parts.Fact(_("rule %(number)s") % {"number": number}, f"{conditions(rule)} → {name(rule.type)}")
        )
    return found
