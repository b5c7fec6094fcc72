"""How a case came to its group, step by step, for people: what was tried, what held, with which codes."""

from collections.abc import Mapping
from dataclasses import dataclass

from grouping.engine.case import Number
from grouping.engine.meaning import VALUES, Facts, atom_test
from grouping.engine.reasons import Condition, Verdict, verdict
from grouping.engine.result import Result
from grouping.engine.rows import Adrg, CodeList, Drg, Mdc, Scheme
from grouping.engine.rules import Atom, Compare, Department, Discharge, Flag, InList, atoms, render

__all__ = [
    "Condition",
    "Pass",
    "Secondary",
    "Step",
    "Trace",
    "principal_group",
    "see_secondaries",
    "see_step",
]


@dataclass(frozen=True, slots=True)
class Step:
    """A row that was tried: level "mdc", "adrg" or "drg", code, name and rule, whether the rule held and why.

    kind: the kind of an ADRG (FORMAT 5.2), "" of the others.
    """

    level: str
    code: str
    name: str
    rule: str
    held: bool
    conditions: tuple[Condition, ...]
    why: Verdict
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Pass:
    """One run through the scheme with these procedures; more than one only by FORMAT 5.4."""

    procedures: tuple[str, ...]
    steps: tuple[Step, ...]
    result: Result


@dataclass(frozen=True, slots=True)
class Secondary:
    """A secondary diagnosis as a complication. level "" = not in cc.csv; a code may appear once a level.

    counts is false with a level when the principal diagnosis excludes it: both are of `group` (FORMAT 4.2).
    """

    code: str
    level: str
    group: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """The result of a case, its secondary diagnoses as complications, and every pass with every row tried."""

    result: Result
    principal: str | None
    principal_group: str
    secondaries: tuple[Secondary, ...]
    passes: tuple[Pass, ...]


def see_step(row: Mdc | Adrg | Drg, held: bool, facts: Facts, lists: Mapping[str, CodeList]) -> Step:
    """The step for a row that was tried, with each condition of its rule asked by itself."""
    conditions = tuple(_see_condition(atom, facts, lists) for atom in atoms(row.rule))
    kind = row.kind if isinstance(row, Adrg) else ""
    why = verdict(row.rule, conditions)
    return Step(type(row).__name__.lower(), row.code, row.name, row.text, held, conditions, why, kind)


def _see_condition(atom: Atom, facts: Facts, lists: Mapping[str, CodeList]) -> Condition:
    held = atom_test(atom, lists)(facts)
    codes: tuple[str, ...] = ()
    value: Number | str | None = None
    match atom:
        case InList(subject, name):
            codes = tuple(code for code in _codes(subject, facts) if code in lists[name].codes)
        case Compare(name):
            value = VALUES[name](facts)
        case Department():
            value = facts.case.department
        case Discharge():
            value = facts.case.discharge
        case Flag("mcc" | "cc" as word):
            seen = see_secondaries(facts)
            codes = tuple(row.code for row in seen if row.counts and row.level == word.upper())
        case Flag("has_weight"):
            value = facts.case.weight
    return Condition(atom, render(atom), held, codes, value)


def _codes(subject: str, facts: Facts) -> tuple[str, ...]:
    case = facts.case
    return {
        "principal": case.diagnoses[:1],
        "secondary": case.diagnoses[1:],
        "any_diagnosis": case.diagnoses,
        "main_procedure": case.procedures[:1],
        "other_procedure": case.procedures[1:],
        "any_procedure": case.procedures,
    }[subject]


def see_secondaries(facts: Facts) -> tuple[Secondary, ...]:
    """Each different secondary diagnosis, in order, with its level and whether it counts (FORMAT 4)."""
    seen: list[Secondary] = []
    for code in dict.fromkeys(facts.secondary):
        rows = facts.scheme.complications.get(code, ())
        seen += [Secondary(code, row.level, row.group, facts.counts(row)) for row in rows]
        seen += [] if rows else [Secondary(code, "", "", False)]
    return tuple(seen)


def principal_group(facts: Facts, scheme: Scheme) -> str:
    """The exclusion group of the principal diagnosis, "" when it has none."""
    return scheme.exclusions.get(facts.principal or "", "")
