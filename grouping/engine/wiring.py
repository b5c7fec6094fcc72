"""Rules as wired conditions: each condition knows where to go on when it holds and when it does not.

`and`, `or` and `not` become wiring, so that a rule of any depth is one flat list, asked without recursion.
"""

from dataclasses import dataclass
from typing import Final

from grouping.engine.rules import And, Atom, Not, Or, Rule

HOLDS: Final = -1
FAILS: Final = -2

Wire = tuple[Atom, int, int]  # a condition; where it leads when it holds; when it does not


@dataclass(slots=True)
class _Slot:
    """The place of a condition, or of the end of the rule, known once it has been laid."""

    at: int = 0


def wired(rule: Rule) -> tuple[Wire, ...]:
    """The conditions of a rule from the last asked to the first: each leads to earlier entries, or to HOLDS
    or FAILS. The rule begins at the last entry.
    """
    wires: list[Wire] = []
    todo: list[tuple[Rule, _Slot, _Slot, _Slot]] = [(rule, _Slot(), _Slot(HOLDS), _Slot(FAILS))]
    while todo:
        # The last member is laid first, so whatever a condition leads to lies already.
        node, own, yes, no = todo.pop()
        match node:
            case Not(member):
                todo.append((member, own, no, yes))
            case And(members):
                slots = [own, *(_Slot() for _ in members[1:]), yes]
                todo += [(member, slots[i], slots[i + 1], no) for i, member in enumerate(members)]
            case Or(members):
                slots = [own, *(_Slot() for _ in members[1:]), no]
                todo += [(member, slots[i], yes, slots[i + 1]) for i, member in enumerate(members)]
            case _:
                own.at = len(wires)
                wires.append((node, yes.at, no.at))
    return tuple(wires)
