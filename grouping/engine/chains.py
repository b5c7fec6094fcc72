"""Chains: what the rows of a scheme still ask when the kinds of the first codes are known.

For a pair of kinds most rows are out of question (two integers of one bit a row are intersected) and what the
rest still asks is a short chain of conditions, most often `mcc` and `cc`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from grouping.engine.conditions import CC, MCC, Fields, Levels, Test, condition
from grouping.engine.kinds import Kinds, Settled, places, plain, settled, sort_codes
from grouping.engine.result import Result, outcome, ungroupable
from grouping.engine.rows import Scheme
from grouping.engine.rules import And, Atom, Flag, InList, Rule
from grouping.engine.wiring import HOLDS, wired

LEVEL = -1  # stands for `mcc` and `cc` where conditions are numbered
KEPT = 100_000  # pairs of kinds whose chain is kept; a national scheme meets some ten thousand

# A chain: the number of an outcome, or a test with the chains that follow, by its answer.
Chain = Any
UNGROUPED = 0
ALWAYS = Flag("true")
CONSTANT = (ALWAYS, Flag("false"))
# True or false as far as the kinds of the first codes decide a condition, None where they do not.
Known = Callable[[int], bool | None]
# A wire of `wiring` whose condition is said by its number: a number is looked up ten times as fast.
Wire = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of adrg.csv: "MDC rule and ADRG rule", the DRGs with their outcomes, the outcome without one.

    plain: conditions of the principal diagnosis joined with conditions of the main procedure, no others.
    ends: a case that enters surely leaves with an outcome. rest None: on with the next row.
    """

    enter: tuple[Wire, ...]
    plain: bool
    drgs: tuple[tuple[tuple[Wire, ...], int], ...]
    rest: int | None
    ends: bool


class Chains(dict[int, Chain]):
    """The chains of one kind of principal diagnosis, with other procedures or without, by kind of main
    procedure; one that is missing is made.
    """

    __slots__ = ("make", "many", "principal")

    def __init__(self, make: Callable[["Chains", int], Chain], principal: int, many: bool) -> None:
        super().__init__()
        self.make, self.principal, self.many = make, principal, many

    def __missing__(self, main: int) -> Chain:
        return self.make(self, main)


class Maker:
    """Makes the chains of a scheme. Asked from several threads it makes one at a time.

    outcomes: everything a case can come to. principals, mains: the kinds of the first codes. tables: for each
    kind of principal diagnosis the chains of cases with one procedure at most, and of cases with more.
    """

    def __init__(self, scheme: Scheme, fields: Fields) -> None:
        # Not the scheme itself: what is kept for a scheme must not keep it.
        self.lists, self.sites, self.fields = scheme.lists, scheme.sites, fields
        self.outcomes: list[Result] = [ungroupable(scheme)]
        self.atoms: dict[Atom, int] = {}  # every condition and its number
        self.rows = [*_rows(scheme, self.outcomes, self.atoms)]
        self.principals = sort_codes(scheme.lists, _lists(self.atoms, "principal", "any_diagnosis"))
        self.mains = sort_codes(scheme.lists, _lists(self.atoms, "main_procedure", "any_procedure"))
        self.sure = [settled(atom, self.principals, self.mains) for atom in self.atoms]
        self.open_to_principal = self._open(self.principals, lambda sure: sure.by_principal)
        self.open_to_main = self._open(self.mains, lambda sure: sure.by_main)
        # Conditions of which the first codes settle some cases.
        self.varying = {
            number for atom, number in self.atoms.items() if self.sure[number].ever and atom not in CONSTANT
        }
        # Rows that a case surely enters and never leaves if both its kinds may enter.
        self.last = sum(1 << place for place, row in enumerate(self.rows) if row.plain and row.ends)
        self.levels = Levels(scheme)
        self.asked = [*self.atoms]
        self.mcc, self.cc = self.atoms.get(Flag("mcc")), self.atoms.get(Flag("cc"))
        self.tests: dict[int, Test] = {}
        self.nodes: dict[tuple[int, ...], Chain] = {}
        self.inside: dict[int, Chain] = {}
        self.tables = [
            (Chains(self.chain, kind, False), Chains(self.chain, kind, True))
            for kind in range(self.principals.count)
        ]
        self.lock = Lock()
        self.made = 0

    def prepared(self) -> int:
        """How many chains are kept."""
        return self.made

    def _open(self, kinds: Kinds, side: Callable[[Settled], tuple[int, int]]) -> list[int]:
        sides = [side(sure) for sure in self.sure]
        return _open_rows(kinds, [_may_hold(row.enter, kinds.everything, sides) for row in self.rows])

    def chain(self, table: Chains, main: int) -> Chain:
        """What is left to ask of a case whose principal diagnosis is of the table's kind, kept there."""
        with self.lock:
            if self.made >= KEPT or len(self.nodes) >= KEPT:
                # Only a package or a stream of cases made to do so comes here; a grouping under way keeps
                # its own chain.
                self._forget()
            made = table[main] = self._make(table.principal, main, table.many)
            self.made += 1
            return made

    def _forget(self) -> None:
        for alone, many in self.tables:
            alone.clear()
            many.clear()
        self.nodes.clear()
        self.made = 0

    def _make(self, principal: int, main: int, many: bool) -> Chain:
        sure = self.sure

        def known(number: int) -> bool | None:
            return sure[number].of(principal, main, many)

        chain: Chain = UNGROUPED
        entered = self.open_to_principal[principal] & self.open_to_main[main]
        last = entered & self.last
        if last:
            # Whoever comes to this row stays there: later ones are out of reach.
            last &= -last
            chain = self._inside(last.bit_length() - 1, known, UNGROUPED)
            entered &= last - 1
        for place in reversed([*places(entered)]):
            chain = self._lay(self.rows[place].enter, known, self._inside(place, known, chain), chain)
        return chain

    def _inside(self, place: int, known: Known, after: Chain) -> Chain:
        """What is asked of a case that has entered a row; `after` is where it goes without a DRG."""
        # The same for every pair of kinds in almost every row.
        if place in self.inside:
            return self.inside[place]
        row = self.rows[place]
        chain = after if row.rest is None else row.rest
        for wires, drg in reversed(row.drgs):
            chain = self._lay(wires, known, drg, chain)
        if row.ends and not any(number in self.varying for wires, _ in row.drgs for number, _, _ in wires):
            self.inside[place] = chain
        return chain

    def _lay(self, wires: tuple[Wire, ...], known: Known, yes: Chain, no: Chain) -> Chain:
        """The conditions that are still open, before the chains `yes` and `no`."""
        laid: list[Chain] = []
        for number, holds, fails in wires:
            then = laid[holds] if holds >= 0 else yes if holds == HOLDS else no
            other = laid[fails] if fails >= 0 else yes if fails == HOLDS else no
            answer = known(number)
            if answer is None and then is not other:
                laid.append(self._node(number, then, other))
            else:
                laid.append(then if answer else other)
        return laid[-1]

    def _node(self, number: int, yes: Chain, no: Chain) -> Chain:
        if number == self.mcc:
            return self._level_node((no, no, yes, yes))
        if number == self.cc:
            return self._level_node((no, yes, no, yes))
        # Chains of many pairs of kinds end alike: a node is made once.
        key = (number, _name(no), _name(yes))
        node = self.nodes.get(key)
        if node is None:
            node = self.nodes[key] = (self._test(number), (no, yes))
        return node

    def _test(self, number: int) -> Test:
        if number not in self.tests:
            self.tests[number] = condition(self.asked[number], self.lists, self.sites, self.fields)
        return self.tests[number]

    def _level_node(self, branches: tuple[Chain, ...]) -> Chain:
        """`mcc` and `cc` are answered together: a node that would ask for one again is passed over."""
        branches = tuple(
            chain[1][level] if chain.__class__ is tuple and len(chain[1]) == 4 else chain
            for level, chain in enumerate(branches)
        )
        if all(chain is branches[0] for chain in branches):
            return branches[0]
        test = self.levels.worst if branches[MCC] is branches[MCC | CC] else self.levels.both
        key = (LEVEL, *map(_name, branches))
        return self.nodes.setdefault(key, (test, branches))


def _name(chain: Chain) -> int:
    # Nodes are kept, so their addresses stay theirs; outcomes are told from them by the sign.
    return ~chain if chain.__class__ is int else id(chain)


def _open_rows(kinds: Kinds, open_to: Sequence[int]) -> list[int]:
    """For each kind the rows it may enter, as bits; open_to: for each row the kinds that may enter."""
    found = [0] * kinds.count
    always = 0
    for place, allowed in enumerate(open_to):
        if allowed == kinds.everything:
            always |= 1 << place
        else:
            for kind in places(allowed):
                found[kind] |= 1 << place
    return [rows | always for rows in found]


def _rows(scheme: Scheme, outcomes: list[Result], atoms: dict[Atom, int]) -> Iterator[_Row]:
    """The rows of adrg.csv in the order tried; what they come to is added to `outcomes`, what they ask to
    `atoms`.
    """
    numbers = {outcomes[UNGROUPED]: UNGROUPED}

    def number(result: Result) -> int:
        if result not in numbers:
            numbers[result] = len(outcomes)
            outcomes.append(result)
        return numbers[result]

    for mdc in scheme.mdcs:
        for adrg in scheme.adrgs.get(mdc.code, ()):
            both = And((mdc.rule, adrg.rule))
            drgs = [
                (drg.rule, number(outcome(scheme, mdc, adrg, drg))) for drg in scheme.drgs.get(adrg.code, ())
            ]
            rest = number(outcome(scheme, mdc, adrg, None)) if adrg.when_no_drg == "adrg" else None
            yield _Row(
                _numbered(both, atoms),
                plain(both),
                tuple((_numbered(rule, atoms), drg) for rule, drg in drgs),
                rest,
                rest is not None or any(rule == ALWAYS for rule, _ in drgs),
            )


def _numbered(rule: Rule, atoms: dict[Atom, int]) -> tuple[Wire, ...]:
    return tuple((atoms.setdefault(atom, len(atoms)), holds, fails) for atom, holds, fails in wired(rule))


def _lists(atoms: Iterable[Atom], *subjects: str) -> set[str]:
    return {atom.list for atom in atoms if isinstance(atom, InList) and atom.subject in subjects}


def _may_hold(wires: tuple[Wire, ...], kinds: int, sides: Sequence[tuple[int, int]]) -> int:
    """Of `kinds`, those for which the rule holds or may hold."""
    arriving = [0] * len(wires)
    arriving[-1] = kinds
    holding = 0
    for at in range(len(wires) - 1, -1, -1):
        number, holds, fails = wires[at]
        true, false = sides[number]
        for to, going in ((holds, arriving[at] & ~false), (fails, arriving[at] & ~true)):
            if to >= 0:
                arriving[to] |= going
            elif to == HOLDS:
                holding |= going
    return holding
