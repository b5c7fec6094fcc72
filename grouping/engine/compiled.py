"""The quick grouper: the scheme worked out once for each kind of principal diagnosis and main procedure.

The rows of a scheme ask almost only for those two codes, and tell only some hundred kinds of each apart. For
a pair of kinds most rows are out of question (two integers of one bit a row are intersected) and what the
rest still asks is a short chain of conditions, most often `mcc` and `cc`. Chains are made when a pair first
appears and kept. The interpreter is the specification; a property test holds both equal.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from grouping.engine.case import Case
from grouping.engine.conditions import CASE, CC, MCC, NO_GROUP, Codes, Fields, Levels, Test, condition
from grouping.engine.kinds import NONE, UNLISTED, Kinds, places, plain, settled, sort_codes
from grouping.engine.result import Result, outcome, ungroupable
from grouping.engine.rows import Scheme
from grouping.engine.rules import And, Atom, Flag, InList
from grouping.engine.wiring import HOLDS, Wire, wired

VERSION = "1"  # of the results: raised when a case may come to another group than before
KEPT = 100_000  # pairs of kinds whose chain is kept; a national scheme meets some ten thousand

# A chain: the number of an outcome, or a test with the chains that follow, by its answer.
Chain = Any
UNGROUPED = 0
ALWAYS = Flag("true")
CONSTANT = (ALWAYS, Flag("false"))
# True or false as far as the kinds of the first codes decide it, None where they do not.
Known = Callable[[Atom], bool | None]

Number = Callable[[Codes, Codes, Any], int]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of adrg.csv: "MDC rule and ADRG rule", the DRGs with their outcomes, the outcome without one.

    rest None: on with the next row.
    """

    enter: tuple[Wire, ...]
    plain: (
        bool  # conditions of the principal diagnosis joined with conditions of the main procedure, no others
    )
    drgs: tuple[tuple[tuple[Wire, ...], int], ...]
    rest: int | None

    @property
    def ends(self) -> bool:
        """Whether a case that enters surely leaves with an outcome."""
        return self.rest is not None or any(
            wires[-1][0] == ALWAYS and len(wires) == 1 for wires, _ in self.drgs
        )

    def atoms(self) -> Iterator[Atom]:
        """Every condition of the row."""
        for wires in (self.enter, *(wires for wires, _ in self.drgs)):
            yield from (atom for atom, _, _ in wires)


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A scheme ready to group.

    outcomes: everything a case can come to. number: diagnoses (principal first), procedures (main first) and
    the source of the fields -> the outcome's place in `outcomes`. prepared: how many pairs of kinds have
    their chain by now.
    """

    outcomes: tuple[Result, ...]
    number: Number
    prepared: Callable[[], int]

    def group(self, case: Case) -> Result:
        """Group one case, as `interpreter.group` does; for a scheme compiled with the fields of `Case`."""
        return self.outcomes[self.number(case.diagnoses, case.procedures, case)]


def compile_scheme(scheme: Scheme, fields: Fields = CASE) -> Compiled:
    """Make a scheme ready to group cases whose fields are read by `fields`. No package can make it fail."""
    maker = _Maker(scheme, fields)
    once = _number(maker, scheme.exclusions)
    number = _again(once) if scheme.head.retry_other_procedures else once
    return Compiled(tuple(maker.outcomes), number, maker.kept.__len__)


_READY: WeakKeyDictionary[Scheme, Compiled] = WeakKeyDictionary()


def group(scheme: Scheme, case: Case) -> Result:
    """Group one case under one scheme, compiled when first used and dropped with it (FORMAT section 5)."""
    return ready(scheme).group(case)


def ready(scheme: Scheme) -> Compiled:
    """The compiled scheme, made when first asked for."""
    found = _READY.get(scheme)
    if found is None:
        found = _READY[scheme] = compile_scheme(scheme)
    return found


def _number(maker: "_Maker", exclusions: Mapping[str, str]) -> Number:
    """FORMAT 5.1 for one case."""
    main_kinds = maker.mains.count
    principals, unlisted, absent = _principals(maker, exclusions)
    principal_of, main_of = principals.get, maker.mains.of.get
    kept, chain_of = maker.kept.get, maker.chain

    def number(diagnoses: Codes, procedures: Codes, source: Any) -> int:
        pair, excluded = principal_of(diagnoses[0], unlisted) if diagnoses else absent
        if procedures:
            pair += main_of(procedures[0], UNLISTED)
            if len(procedures) > 1:
                pair += main_kinds
        chain: Chain = kept(pair)
        if chain is None:
            chain = chain_of(pair)
        while chain.__class__ is not int:
            test, branches = chain
            chain = branches[test(diagnoses, procedures, source, excluded)]
        return chain  # type: ignore[no-any-return]

    return number


Principal = tuple[int, int]


def _principals(
    maker: "_Maker", exclusions: Mapping[str, str]
) -> tuple[dict[str, Principal], Principal, Principal]:
    """What one look at a principal diagnosis tells: where the pairs of its kind begin, its exclusion group.

    By code, then for a code that is not there, then for a case without a diagnosis.
    """
    groups, kinds = maker.levels.groups, maker.principals.of
    # A pair is one number for both kinds, twice: with one procedure at most, and with more.
    step = maker.mains.count * 2
    one: dict[Principal, Principal] = {}
    found: dict[str, Principal] = {}
    for code in kinds.keys() | exclusions.keys():
        group = groups[exclusions[code]] if code in exclusions else NO_GROUP
        told = (kinds.get(code, UNLISTED) * step, group)
        found[code] = one.setdefault(told, told)
    return found, (UNLISTED * step, NO_GROUP), (NONE * step, NO_GROUP)


def _again(once: Number) -> Number:
    """FORMAT 5.4: an ungroupable case is tried again with each other procedure as its only one."""

    def number(diagnoses: Codes, procedures: Codes, source: Any) -> int:
        found = once(diagnoses, procedures, source)
        if found == UNGROUPED:
            for procedure in procedures[1:]:
                found = once(diagnoses, (procedure,), source)
                if found != UNGROUPED:
                    break
        return found

    return number


class _Maker:
    """Makes the chains of a scheme. Asked from several threads it makes one at a time."""

    def __init__(self, scheme: Scheme, fields: Fields) -> None:
        # Not the scheme itself: what is kept for a scheme must not keep it.
        self.lists, self.sites, self.fields = scheme.lists, scheme.sites, fields
        self.outcomes: list[Result] = [ungroupable(scheme)]
        self.rows = _rows(scheme, self.outcomes)
        atoms = {atom for row in self.rows for atom in row.atoms()}
        self.principals = sort_codes(scheme.lists, _lists(atoms, "principal", "any_diagnosis"))
        self.mains = sort_codes(scheme.lists, _lists(atoms, "main_procedure", "any_procedure"))
        self.sure = {atom: settled(atom, self.principals, self.mains) for atom in atoms}
        self.open_to_principal = self._open(self.principals, lambda atom: self.sure[atom].by_principal)
        self.open_to_main = self._open(self.mains, lambda atom: self.sure[atom].by_main)
        # Conditions of which the first codes settle some cases.
        self.varying = {atom for atom in atoms if self.sure[atom].ever and atom not in CONSTANT}
        # Rows that a case surely enters and never leaves if both its kinds may enter.
        self.last = sum(1 << place for place, row in enumerate(self.rows) if row.plain and row.ends)
        self.numbers = {atom: number for number, atom in enumerate(atoms)}
        self.tests: dict[Atom, Test] = {}
        self.levels = Levels(scheme)
        self.nodes: dict[tuple[int, ...], Chain] = {}
        self.inside: dict[int, Chain] = {}
        self.kept: dict[int, Chain] = {}
        self.lock = Lock()

    def _open(self, kinds: Kinds, sure: Callable[[Atom], tuple[int, int]]) -> list[int]:
        return _open_rows(kinds, [_may_hold(row.enter, kinds.everything, sure) for row in self.rows])

    def chain(self, pair: int) -> Chain:
        """What is left to ask of a case whose first codes are of this pair of kinds."""
        with self.lock:
            if len(self.kept) >= KEPT or len(self.nodes) >= KEPT:
                # Only a package or a stream of cases made to do so comes here; a grouping under way keeps
                # its own chain.
                self.kept.clear()
                self.nodes.clear()
            made = self.kept[pair] = self._make(pair)
            return made

    def _make(self, pair: int) -> Chain:
        principal, rest = divmod(pair, self.mains.count * 2)
        many, main = divmod(rest, self.mains.count)

        def known(atom: Atom) -> bool | None:
            return self.sure[atom].of(principal, main, bool(many))

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
        row = self.rows[place]
        # The same for every pair of kinds in almost every row.
        if place in self.inside:
            return self.inside[place]
        chain = after if row.rest is None else row.rest
        for wires, drg in reversed(row.drgs):
            chain = self._lay(wires, known, drg, chain)
        if row.ends and not any(atom in self.varying for wires, _ in row.drgs for atom, _, _ in wires):
            self.inside[place] = chain
        return chain

    def _lay(self, wires: tuple[Wire, ...], known: Known, yes: Chain, no: Chain) -> Chain:
        """The conditions that are still open, before the chains `yes` and `no`."""
        laid: list[Chain] = []
        for atom, holds, fails in wires:
            then = laid[holds] if holds >= 0 else yes if holds == HOLDS else no
            other = laid[fails] if fails >= 0 else yes if fails == HOLDS else no
            answer = known(atom)
            if answer is None and then is not other:
                laid.append(self._node(atom, then, other))
            else:
                laid.append(then if answer else other)
        return laid[-1]

    def _node(self, atom: Atom, yes: Chain, no: Chain) -> Chain:
        if atom == Flag("mcc"):
            return self._level_node((no, no, yes, yes))
        if atom == Flag("cc"):
            return self._level_node((no, yes, no, yes))
        if atom not in self.tests:
            self.tests[atom] = condition(atom, self.lists, self.sites, self.fields)
        return self._kept_node(self.numbers[atom], self.tests[atom], (no, yes))

    def _level_node(self, branches: tuple[Chain, ...]) -> Chain:
        """`mcc` and `cc` are answered together: a node that would ask for one again is passed over."""
        branches = tuple(
            chain[1][level] if chain.__class__ is tuple and len(chain[1]) == 4 else chain
            for level, chain in enumerate(branches)
        )
        if all(chain is branches[0] for chain in branches):
            return branches[0]
        test = self.levels.worst if branches[MCC] is branches[MCC | CC] else self.levels.both
        return self._kept_node(-1, test, branches)

    def _kept_node(self, number: int, test: Test, branches: tuple[Chain, ...]) -> Chain:
        """The node, made once: chains of many pairs of kinds end alike."""
        key = (number, *map(_name, branches))
        if key not in self.nodes:
            self.nodes[key] = (test, branches)
        return self.nodes[key]


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


def _rows(scheme: Scheme, outcomes: list[Result]) -> list[_Row]:
    """The rows of adrg.csv in the order tried; what they come to is added to `outcomes`."""
    numbers = {outcomes[UNGROUPED]: UNGROUPED}

    def number(result: Result) -> int:
        if result not in numbers:
            numbers[result] = len(outcomes)
            outcomes.append(result)
        return numbers[result]

    rows = []
    for mdc in scheme.mdcs:
        for adrg in scheme.adrgs.get(mdc.code, ()):
            drgs = tuple(
                (wired(drg.rule), number(outcome(scheme, mdc, adrg, drg)))
                for drg in scheme.drgs.get(adrg.code, ())
            )
            rest = number(outcome(scheme, mdc, adrg, None)) if adrg.when_no_drg == "adrg" else None
            both = And((mdc.rule, adrg.rule))
            rows.append(_Row(wired(both), plain(both), drgs, rest))
    return rows


def _lists(atoms: Iterable[Atom], *subjects: str) -> set[str]:
    return {atom.list for atom in atoms if isinstance(atom, InList) and atom.subject in subjects}


def _may_hold(wires: tuple[Wire, ...], kinds: int, sure: Callable[[Atom], tuple[int, int]]) -> int:
    """Of `kinds`, those for which the rule holds or may hold."""
    arriving = [0] * len(wires)
    arriving[-1] = kinds
    holding = 0
    for at in range(len(wires) - 1, -1, -1):
        atom, holds, fails = wires[at]
        true, false = sure(atom)
        for to, going in ((holds, arriving[at] & ~false), (fails, arriving[at] & ~true)):
            if to >= 0:
                arriving[to] |= going
            elif to == HOLDS:
                holding |= going
    return holding
