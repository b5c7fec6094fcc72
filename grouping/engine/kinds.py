"""Codes sorted by what rules can tell of them: two codes of one kind stand in exactly the same lists.

A national scheme knows 35,000 diagnosis codes, but its rules tell only some hundred kinds of principal
diagnosis apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from grouping.engine.rows import CodeList
from grouping.engine.rules import And, Atom, Flag, InList, Rule, atoms

NONE, UNLISTED = 0, 1  # no code at all; a code that stands in no list asked for


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of one place: the principal diagnosis, or the main procedure.

    of: code -> kind; a code that is not there is UNLISTED. count: how many kinds there are, the two fixed
    ones with them. holding: list -> the kinds whose codes it holds, as bits of an integer.
    """

    of: Mapping[str, int]
    count: int
    holding: Mapping[str, int]

    @property
    def everything(self) -> int:
        """All kinds, as bits."""
        return (1 << self.count) - 1


def sort_codes(lists: Mapping[str, CodeList], asked: Iterable[str]) -> Kinds:
    """Sort the codes of the lists called `asked` into kinds."""
    names = sorted(set(asked))
    standing: defaultdict[str, int] = defaultdict(int)
    for place, name in enumerate(names):
        bit = 1 << place
        for code in lists[name].codes:
            standing[code] |= bit
    kind_of = {lists_in: kind for kind, lists_in in enumerate(dict.fromkeys(standing.values()), UNLISTED + 1)}
    holding = dict.fromkeys(names, 0)
    for lists_in, kind in kind_of.items():
        for place in places(lists_in):
            holding[names[place]] |= 1 << kind
    of = {code: kind_of[lists_in] for code, lists_in in standing.items()}
    return Kinds(of, len(kind_of) + UNLISTED + 1, holding)


def places(bits: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


@dataclass(frozen=True, slots=True)
class Settled:
    """What the kinds of the first codes say of a condition: for which it surely holds, and surely fails.

    asks_others: with one procedure or none it fails where it does not surely hold.
    """

    by_principal: tuple[int, int]
    by_main: tuple[int, int]
    asks_others: bool = False

    def of(self, principal: int, main: int, many: bool) -> bool | None:
        """Whether the condition holds for a pair of kinds; many: there are other procedures. None: open."""
        # Most conditions ask one side only, and of the other nothing is said.
        for (holds, fails), kind in ((self.by_principal, principal), (self.by_main, main)):
            if holds and holds >> kind & 1:
                return True
            if fails and fails >> kind & 1:
                return False
        return False if self.asks_others and not many else None

    @property
    def ever(self) -> bool:
        """Whether any pair of kinds settles the condition in part of the cases only."""
        return self.asks_others or any((*self.by_principal, *self.by_main))


def settled(atom: Atom, principals: Kinds, mains: Kinds) -> Settled:
    """What is known of a condition from the kinds of the first codes alone (FORMAT 3, "Meaning")."""
    open_, absent = (0, 0), 1 << NONE
    match atom:
        case InList("principal", name):
            return Settled(_all(principals, principals.holding[name]), open_)
        case InList("any_diagnosis", name):
            return Settled((principals.holding[name], absent), open_)
        case InList("secondary"):
            return Settled((0, absent), open_)
        case InList("main_procedure", name):
            return Settled(open_, _all(mains, mains.holding[name]))
        case InList("any_procedure", name):
            return Settled(open_, (mains.holding[name], absent), asks_others=True)
        case InList("other_procedure"):
            return Settled(open_, (0, absent), asks_others=True)
        case Flag("no_procedure"):
            return Settled(open_, _all(mains, absent))
        case Flag("true"):
            return Settled(_all(principals, principals.everything), _all(mains, mains.everything))
        case Flag("false"):
            return Settled(_all(principals, 0), _all(mains, 0))
    return Settled(open_, open_)


def _all(kinds: Kinds, holds: int) -> tuple[int, int]:
    """A condition that is decided for every kind."""
    return holds, kinds.everything & ~holds


def plain(rule: Rule) -> bool:
    """Whether a rule is a conjunction of conditions, each on the principal diagnosis alone or on the main
    procedure alone: then it holds for every pair of kinds that may both satisfy it.
    """
    todo = [rule]
    while todo:
        member = todo.pop()
        if isinstance(member, And):
            todo += member.members
            continue
        sides = {_side(atom) for atom in atoms(member)} - {""}
        if len(sides) > 1 or "other" in sides:
            return False
    return True


def _side(atom: Atom) -> str:
    match atom:
        case InList("principal"):
            return "principal"
        case InList("main_procedure") | Flag("no_procedure"):
            return "main"
        case Flag("true" | "false"):
            return ""
    return "other"
