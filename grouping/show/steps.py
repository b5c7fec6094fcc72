"""The grouper's trace in words: what was tried, which condition held by which code, where it ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from grouping import texts
from grouping.engine.parser import parse
from grouping.engine.rules import Compare, Department, Discharge, Flag, InList
from grouping.engine.trace import Condition, Pass, Secondary, Step, Trace
from grouping.show.differences import Dictionaries

SUBJECTS = {
    "principal": gettext_lazy("principal diagnosis in list %(list)s"),
    "secondary": gettext_lazy("an other diagnosis in list %(list)s"),
    "any_diagnosis": gettext_lazy("any diagnosis in list %(list)s"),
    "main_procedure": gettext_lazy("main procedure in list %(list)s"),
    "other_procedure": gettext_lazy("an other procedure in list %(list)s"),
    "any_procedure": gettext_lazy("any procedure in list %(list)s"),
}
FIELDS = {
    "age": gettext_lazy("age"),
    "age_days": gettext_lazy("age in days"),
    "weight": gettext_lazy("weight of the newborn (g)"),
    "los": gettext_lazy("days of stay"),
    "icu_hours": gettext_lazy("hours of intensive care"),
    "trauma_sites": gettext_lazy("sites of injury"),
    "sex": gettext_lazy("sex"),
}
FLAGS = {
    "mcc": gettext_lazy("a counted major complication (MCC)"),
    "cc": gettext_lazy("a counted complication (CC)"),
    "has_weight": gettext_lazy("weight of the newborn known"),
    "no_procedure": gettext_lazy("no procedure"),
    "true": gettext_lazy("always"),
    "false": gettext_lazy("never"),
}
LEVELS = {"mdc": "MDC", "adrg": "ADRG", "drg": "DRG"}


@dataclass(frozen=True)
class Said:
    """One condition in words: whether it held, by which codes with their names, or with which value."""

    text: str
    held: bool
    codes: Sequence[tuple[str, str]]
    value: str


@dataclass(frozen=True)
class Tried:
    """One row that was tried, with its rule as written and its conditions."""

    code: str
    name: str
    rule: str
    conditions: Sequence[Said]


@dataclass(frozen=True)
class Block:
    """A row that held, or neighbours of one level that did not. `last`: here the grouping ended."""

    held: bool
    title: str
    tried: Sequence[Tried]
    last: bool = False


def passes(trace: Trace, books: Dictionaries) -> list[list[Block]]:
    """The blocks of every pass through the scheme; several only where it tries other procedures again."""
    return [list(_blocks(one, books)) for one in trace.passes]


def _blocks(one: Pass, books: Dictionaries) -> Iterator[Block]:
    decided = {one.result.mdc, one.result.adrg, one.result.drg} - {""}
    last = next((step for step in reversed(one.steps) if step.held and step.code in decided), None)
    for (_level, held), group in groupby(one.steps, key=lambda step: (step.level, step.held)):
        steps = list(group)
        if held:
            yield from (Block(True, _title([step]), [_tried(step, books)], step is last) for step in steps)
        else:
            yield Block(False, _title(steps), [_tried(step, books) for step in steps])


def _title(steps: list[Step]) -> str:
    first, final = steps[0], steps[-1]
    if first.held:
        return _("%(code)s %(name)s: holds") % {"code": first.code, "name": first.name}
    if len(steps) == 1:
        return _("%(code)s %(name)s: does not hold") % {"code": first.code, "name": first.name}
    text = ngettext("%(level)s %(first)s to %(last)s: %(n)d tried, it does not hold",
                    "%(level)s %(first)s to %(last)s: %(n)d tried, none holds", len(steps))  # fmt: skip
    return text % {"level": LEVELS[first.level], "first": first.code, "last": final.code, "n": len(steps)}


def _tried(step: Step, books: Dictionaries) -> Tried:
    return Tried(step.code, step.name, step.rule, [_said(one, books) for one in step.conditions])


def _said(condition: Condition, books: Dictionaries) -> Said:
    names = {**books.procedures, **books.diagnoses} if condition.codes else {}
    codes = [(code, names.get(code, "")) for code in condition.codes]
    return Said(in_words(condition.text), condition.held, codes, _value(condition))


def _value(condition: Condition) -> str:
    """The case's own value beside a comparison; a missing one says so."""
    if condition.value is not None:
        return str(condition.value)
    return _("not known") if isinstance(parse(condition.text), Compare) else ""


def in_words(text: str) -> str:
    """A condition of a rule in the language of the page."""
    match parse(text):
        case InList(subject, name):
            return SUBJECTS[subject] % {"list": name}
        case Compare(name, op, number):
            return f"{FIELDS[name]} {op} {number:f}"
        case Department(name):
            return _("department is %(name)s") % {"name": name}
        case Discharge(ways):
            return _("way of discharge: %(ways)s") % {"ways": _ways(ways)}
        case Flag(word):
            return str(FLAGS[word])
    return text


def _ways(ways: Iterable[int]) -> str:
    return ", ".join(str(texts.DISCHARGE_WAYS.get(way, way)) for way in ways)


def why(row: Secondary, trace: Trace) -> str:
    """Why a secondary diagnosis counts as a complication or does not (FORMAT 4)."""
    known: dict[str, Any] = {"level": row.level, "group": row.group, "principal": trace.principal or ""}
    if not row.level:
        return _("In neither list of complications.")
    if row.counts:
        return _("Listed as %(level)s; the principal diagnosis %(principal)s does not exclude it.") % known
    return _("Listed as %(level)s, but exclusion group %(group)s holds the principal %(principal)s.") % known
