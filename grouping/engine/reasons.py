"""Why a rule held or failed for a case: the conditions that decided it, whatever its `and`, `or` and `not`.

A rule may have ten thousand members or levels: the tree is walked with a stack of its own, not by recursion.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grouping.engine.case import Number
from grouping.engine.rules import And, Atom, InList, Not, Or, Rule

# Alternatives of one lack that are kept; a sentence names no more.
MOST = 24


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a rule. codes: the case's codes that satisfy it; value: the field of the case."""

    atom: Atom
    text: str
    held: bool
    codes: tuple[str, ...]
    value: Number | str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """A condition that decided. forbidden: the rule asks that it does not hold (it stands below a `not`)."""

    condition: Condition
    forbidden: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a rule held, and why.

    because: what made it hold, empty when it failed. lacks: what was missing, each a set of alternatives of
    which one would have done; of several ways in the one that came nearest, else all of them as alternatives.
    near: how many code conditions held on the way that is shown.
    """

    held: bool
    because: tuple[Reason, ...]
    lacks: tuple[tuple[Reason, ...], ...]
    near: int


def verdict(rule: Rule, conditions: Sequence[Condition]) -> Verdict:
    """Why the rule held or failed; `conditions` are its atoms from left to right, each asked by itself."""
    asked = iter(conditions)
    done: list[Verdict] = []
    todo: list[tuple[Rule, bool, int]] = [(rule, True, -1)]
    while todo:
        node, wanted, members = todo.pop()
        if members >= 0:
            parts = done[len(done) - members :]
            del done[len(done) - members :]
            done.append(_all(parts) if isinstance(node, And) == wanted else _one(parts))
        else:
            _enter(node, wanted, todo, done, asked)
    return done[0]


def _enter(
    node: Rule,
    wanted: bool,
    todo: list[tuple[Rule, bool, int]],
    done: list[Verdict],
    asked: Iterator[Condition],
) -> None:
    match node:
        case Not(member):
            todo.append((member, not wanted, -1))
        case And(members) | Or(members):
            todo.append((node, wanted, len(members)))
            todo.extend((member, wanted, -1) for member in reversed(members))
        case _:
            done.append(_leaf(next(asked), wanted))


def _leaf(condition: Condition, wanted: bool) -> Verdict:
    reason = Reason(condition, not wanted)
    if condition.held != wanted:
        return Verdict(False, (), ((reason,),), 0)
    return Verdict(True, (reason,), (), int(wanted and isinstance(condition.atom, InList)))


def _all(parts: Sequence[Verdict]) -> Verdict:
    """Every part must hold."""
    near = sum(part.near for part in parts)
    if all(part.held for part in parts):
        return Verdict(True, tuple(one for part in parts for one in part.because), (), near)
    return Verdict(False, (), tuple(lack for part in parts for lack in part.lacks), near)


def _one(parts: Sequence[Verdict]) -> Verdict:
    """One part is enough: the first that holds, else the one that came nearest, else all as alternatives."""
    for part in parts:
        if part.held:
            return part
    nearest = max(parts, key=lambda part: (part.near, -len(part.lacks)))
    if nearest.near or len(parts) == 1:
        return nearest
    either = tuple(dict.fromkeys(one for part in parts for lack in part.lacks for one in lack))
    return Verdict(False, (), (either[:MOST],), 0)
