"""What the interpreter shows: chosen codes, what the search finds, the group with its steps, advice."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from alliance.models import Institution
from alliance.web import parts, words
from grouping import tables
from grouping.engine.interpreter import explain
from grouping.engine.outcome import group_name
from grouping.engine.rows import Scheme as Package
from grouping.engine.tier import Tier
from grouping.engine.trace import Trace
from grouping.interpreting import Asked, Codes, book
from grouping.models import Scheme
from grouping.services import community, tariff
from grouping.show import steps
from grouping.texts import language

PLAN_LINES = Path(__file__).parent.parent / "data" / "plan_lines.toml"
TIER_CHIPS = {"low": "ok", "mid": "warn", "high": "late"}


def found(codes: Codes, package: Package) -> dict[str, Any]:
    """What the search of one kind finds."""
    return {
        "kind": codes.kind,
        "suggestions": codes.suggestions(book(package, codes.kind)),
        "typed": codes.typed,
    }


def desk(asked: Asked, package: Package) -> dict[str, Any]:
    """The form: both kinds of codes with names and searches, the facts of the stay."""
    labels = {
        "d": (_("Diagnoses"), _("code, name or initials: I50, 心衰, xlsj"), _("principal")),
        "p": (_("Procedures"), _("code, name or initials: 33.24, 灌洗, gx"), _("main")),
    }
    chosen = [
        {
            "label": labels[codes.kind][0], "hint": labels[codes.kind][1], "first": labels[codes.kind][2],
            "named": codes.named(book(package, codes.kind)), **found(codes, package),
        }
        for codes in (asked.diagnoses, asked.procedures)
    ]  # fmt: skip
    return {
        "chosen": chosen,
        "form": asked.form,
        "rare": ("age_days", "weight", "icu_hours", "department"),
        "pay": ("hospital", "insurance"),
    }


def answer(asked: Asked, scheme: Scheme, package: Package, today: date) -> dict[str, Any]:
    """The group of what was asked, its steps and advice; nothing while there is no code."""
    day = asked.day(today)
    base = {"scheme": scheme, "day": day, "empty": not (asked.diagnoses.codes or asked.procedures.codes)}
    if base["empty"]:
        return base
    trace = explain(package, asked.case())
    story = steps.story(trace, package)
    names = package.diagnosis_names
    return base | {
        "story": story, "attempts": steps.attempts(story),
        "figures": figures(trace, scheme, package, standard(trace, asked, day)),
        "complications": [(row, names.get(row.code, "")) for row in story.complications],
        "disputed": disputed(trace, asked, story.outcome, package),
        **advice(trace, asked, package, day),
    }  # fmt: skip


def disputed(trace: Trace, asked: Asked, outcome: str, package: Package) -> dict[str, str]:
    """What a dispute about this answer begins with (S4-22): the narrowest group, and the codes in words."""
    lists = (
        (_("diagnoses"), asked.diagnoses, package.diagnosis_names),
        (_("procedures"), asked.procedures, package.procedure_names),
    )
    lines = [
        f"{label}: " + ", ".join(f"{code} {names.get(code, '')}".strip() for code in chosen.codes)
        for label, chosen, names in lists
        if chosen.codes
    ]
    result = trace.result
    return {"code": result.drg or result.adrg or result.mdc or "", "text": "\n".join([*lines, outcome, ""])}


def advice(trace: Trace, asked: Asked, package: Package, day: date) -> dict[str, Any]:
    """The tier with what it rests on, and the plan; nothing before the alliance decided about tiers."""
    found = community.advise(trace, asked.diagnoses.codes, on=day)
    if found is None:
        return {}
    tier, plan = found
    return {
        "tier_chip": TIER_CHIPS[tier.tier], "tier_word": tier_word(tier.tier),
        "factors": factors(tier, package), "plan": [plan_line(line) for line in plan],
    }  # fmt: skip


def plan_line(line: str) -> str:
    """A line of the plan in the language of the page, where the product ships it; else as it was decided."""
    return line if language() == "zh" else english_lines().get(line, line)


@lru_cache(maxsize=1)
def english_lines() -> Mapping[str, str]:
    """The shipped lines of the plans with their English."""
    found: Mapping[str, str] = tomllib.loads(PLAN_LINES.read_text(encoding="utf-8"))["english"]
    return found


def standard(trace: Trace, asked: Asked, day: date) -> parts.Fig:
    """The payment standard of a day with its formula; without a tariff, hospital or weight it says so."""
    label, weight = _("payment standard (yuan)"), trace.result.weight
    place = asked.facts.get("hospital") or Institution.objects.filter(role=Institution.Role.LEAD).first()
    if weight is None or place is None:
        return parts.Fig(label, words.DASH, detail=_("the group has no weight"))
    found = tariff.standard(
        case_weight=weight, institution=place, on=day, insurance=asked.facts.get("insurance") or "",
        drg=trace.result.drg, way=asked.facts.get("discharge"),
    )  # fmt: skip
    if found.fen is None:
        return parts.Fig(label, words.DASH, detail=_("no tariff is set"))
    shown = [words.yuan(int(one.value)) if one.part == "rate" else f"{one.value:f}" for one in found.factors]
    return parts.Fig(label, words.yuan(found.fen), detail=f"{' × '.join(shown)} · {place.short_name}")


def figures(trace: Trace, scheme: Scheme, package: Package, paid: parts.Fig) -> list[parts.Fig]:
    """Group, weight and payment standard."""
    result = trace.result
    about = _("illustrative, not for payment") if scheme.illustrative else package.head.weight_unit
    return [
        parts.Fig("DRG", result.drg, detail=group_name(package, result.adrg, result.drg)),
        parts.Fig(_("weight"), tables.plain_weight(result.weight), detail=about),
        paid,
    ]


def tier_word(tier: str) -> str:
    """A tier in words."""
    return {"low": _("low risk"), "mid": _("middle risk"), "high": _("high risk")}[tier]


def factors(tier: Tier, package: Package) -> list[str]:
    """What the tier rests on, in words."""
    texts = {
        "diagnosis": _("diagnosis %(code)s %(name)s"),
        "group": _("group %(code)s %(name)s"),
        "complication": _("counted complication %(code)s %(name)s"),
    }
    return [
        (texts[one.kind] % {"code": one.code, "name": _name(one.kind, one.code, package)}).strip()
        for one in tier.factors
    ]


def _name(kind: str, code: str, package: Package) -> str:
    return group_name(package, code, code) if kind == "group" else package.diagnosis_names.get(code, "")
