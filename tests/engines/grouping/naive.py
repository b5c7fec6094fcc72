"""FORMAT sections 3 and 4 once more, as plainly as can be, for the codes of the tiny package."""

from grouping.engine.case import Case
from grouping.engine.rules import And, Compare, Department, Discharge, InList, Not, Or, Rule
from tests.engines.grouping.tiny import TINY


def naive(rule: Rule, case: Case) -> bool:
    """The table of FORMAT 3 once more, written on its own for the codes of the tiny package."""
    if isinstance(rule, Not):
        return not naive(rule.member, case)
    if isinstance(rule, And):
        return all(naive(member, case) for member in rule.members)
    if isinstance(rule, Or):
        return any(naive(member, case) for member in rule.members)
    if isinstance(rule, InList):
        return any(code in members(rule.list) for code in asked(rule.subject, case))
    if isinstance(rule, Compare):
        sites = {{"S06.200": "头", "S06.300": "头", "S22.000": "胸"}.get(code) for code in case.diagnoses} - {
            None
        }
        value = len(sites) if rule.field == "trauma_sites" else getattr(case, rule.field)
        return value is not None and eval(f"value {rule.op} number", {"value": value, "number": rule.number})  # type: ignore[no-any-return]
    if isinstance(rule, Department):
        return case.department is not None and case.department == rule.name
    if isinstance(rule, Discharge):
        return case.discharge is not None and case.discharge in rule.ways
    return naive_flag(rule.word, case)


def members(name: str) -> set[str]:
    return {row.split(",")[2] for row in TINY["lists.csv"].splitlines() if row.split(",")[0] == name}


def asked(subject: str, case: Case) -> list[str]:
    codes = list(
        case.diagnoses if subject in ("principal", "secondary", "any_diagnosis") else case.procedures
    )
    if subject in ("principal", "main_procedure"):
        return codes[:1]
    return codes[1:] if subject in ("secondary", "other_procedure") else codes


def naive_flag(word: str, case: Case) -> bool:
    if word in ("mcc", "cc"):
        group = {"I61.000": "5", "I63.900": "9"}.get(case.diagnoses[0]) if case.diagnoses else None
        rows = [row.split(",") for row in TINY["cc.csv"].splitlines()[1:]]
        return any(c in case.diagnoses[1:] and level == word.upper() and g != group for c, level, g in rows)
    return {
        "has_weight": case.weight is not None,
        "no_procedure": len(case.procedures) == 0,
        "true": True,
        "false": False,
    }[word]
