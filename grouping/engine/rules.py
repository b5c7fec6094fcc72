"""The tree of a rule, its text and its conditions (FORMAT section 3).

`parser` reads a rule text into this tree, `meaning` says when it holds for a case. Reading, writing and
walking use explicit stacks: a rule of ten thousand members or ten thousand levels meets no recursion limit.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

DIAGNOSIS_SUBJECTS = ("principal", "secondary", "any_diagnosis")
PROCEDURE_SUBJECTS = ("main_procedure", "other_procedure", "any_procedure")
SUBJECTS = frozenset(DIAGNOSIS_SUBJECTS + PROCEDURE_SUBJECTS)
FIELDS = frozenset(("age", "age_days", "weight", "los", "icu_hours", "trauma_sites", "sex"))
FLAGS = frozenset(("mcc", "cc", "has_weight", "no_procedure", "true", "false"))


@dataclass(frozen=True, slots=True)
class InList:
    """`subject in list`."""

    subject: str
    list: str

    @property
    def kind(self) -> str:
        """The kind of list this subject takes: "diagnosis" or "procedure"."""
        return "diagnosis" if self.subject in DIAGNOSIS_SUBJECTS else "procedure"


@dataclass(frozen=True, slots=True)
class Compare:
    """`field op number`."""

    field: str
    op: str
    number: Decimal


@dataclass(frozen=True, slots=True)
class Department:
    """`department == "name"`."""

    name: str


@dataclass(frozen=True, slots=True)
class Discharge:
    """`discharge in {1, 2}`."""

    ways: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """One of the words that stand alone: mcc, cc, has_weight, no_procedure, true, false."""

    word: str


@dataclass(frozen=True, slots=True)
class Not:
    """`not member`."""

    member: "Rule"


@dataclass(frozen=True, slots=True)
class And:
    """`member and member ...`, at least two."""

    members: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """`member or member ...`, at least two."""

    members: tuple["Rule", ...]


Atom = InList | Compare | Department | Discharge | Flag
Rule = Atom | Not | And | Or


@dataclass(frozen=True, slots=True)
class Tongue:
    """What a rule is written with: the words between its members, before a negated one, around a group.

    enclosing: a negated condition always stands in brackets, for tongues in which it would not be clear.
    """

    atom: Callable[[Atom], str]
    either: str = " or "
    both: str = " and "
    negated: str = "not "
    brackets: tuple[str, str] = ("(", ")")
    enclosing: bool = False


def render(rule: Rule) -> str:
    """Write a rule as text that `parse` reads back into the same tree."""
    return write(rule, Tongue(_atom))


def write(rule: Rule, tongue: Tongue) -> str:
    """Write a rule in any tongue, brackets only where the tree needs them."""
    out: list[str] = []
    todo: list[Rule | str] = [rule]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            out.append(item)
        else:
            todo.extend(reversed(_parts(item, tongue)))
    return "".join(out)


def _parts(rule: Rule, tongue: Tongue) -> list[Rule | str]:
    match rule:
        case Or(members):
            return _joined(members, tongue.either, (Or,), tongue)
        case And(members):
            return _joined(members, tongue.both, (And, Or), tongue)
        case Not(member):
            around = (object,) if tongue.enclosing else (And, Or)
            return [tongue.negated, *_joined((member,), "", around, tongue)]
        case _:
            return [tongue.atom(rule)]


def _atom(atom: Atom) -> str:
    match atom:
        case InList(subject, name):
            return f"{subject} in {name}"
        case Compare(name, op, number):
            return f"{name} {op} {number:f}"
        case Department(name):
            return f'department == "{name}"'
        case Discharge(ways):
            return f"discharge in {{{', '.join(map(str, ways))}}}"
        case Flag(word):
            return word


def _joined(
    members: tuple[Rule, ...], by: str, bracketed: tuple[type, ...], tongue: Tongue
) -> list[Rule | str]:
    left, right = tongue.brackets
    out: list[Rule | str] = []
    for member in members:
        out += [by] if out else []
        out += [left, member, right] if isinstance(member, bracketed) else [member]
    return out


def atoms(rule: Rule) -> Iterator[Atom]:
    """Every condition of a rule, from left to right."""
    todo: list[Rule] = [rule]
    while todo:
        item = todo.pop()
        match item:
            case And(members) | Or(members):
                todo.extend(reversed(members))
            case Not(member):
                todo.append(member)
            case _:
                yield item
