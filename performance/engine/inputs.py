"""The frozen inputs of a month: plain values, JSON-able both ways, with a digest, and what they must satisfy.

Walls section 2: inputs are frozen as canonical JSON with SHA-256; a closed month recomputed gives the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from alliance.lib.canonical import canonical, digest
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from performance.engine.fact import Fact, Facts, FactsRefused, add_numbers, tabulate
from performance.engine.indicators import Indicator
from performance.engine.scheme import Scheme, SchemeRefused, check

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Member:
    """An institution of the month. `through`: the institution it reports, is scored and is paid through."""

    code: str
    role: str
    kind: str
    through: str = ""


@dataclass(frozen=True, slots=True)
class Basis:
    """The performance-pay base of an institution in fen, since when and by which decision."""

    institution: str
    fen: int
    effective_from: date
    source: str


@dataclass(frozen=True, slots=True)
class Pool:
    """The money to share in fen (negative: to recover) and where it comes from."""

    fen: int
    source: str


@dataclass(frozen=True, slots=True)
class MonthInputs:
    """All a month is computed from, and nothing else. Lists are kept sorted, so their order never matters."""

    month: Month
    indicators: tuple[Indicator, ...]
    scheme: Scheme
    members: tuple[Member, ...]
    bases: tuple[Basis, ...]
    pool: Pool
    facts: tuple[Fact, ...]
    format: int = FORMAT

    def __post_init__(self) -> None:
        object.__setattr__(self, "indicators", tuple(sorted(self.indicators, key=lambda one: one.code)))
        object.__setattr__(self, "members", tuple(sorted(self.members, key=lambda one: one.code)))
        object.__setattr__(self, "bases", tuple(sorted(self.bases, key=lambda one: one.institution)))
        object.__setattr__(self, "facts", tuple(sorted(self.facts, key=lambda one: one.place)))

    @property
    def with_line(self) -> tuple[Member, ...]:
        """The members that are scored and paid themselves, in order of their code."""
        return tuple(member for member in self.members if not member.through)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON of all inputs."""
        return digest(self)

    def frozen(self) -> bytes:
        """The canonical JSON that is kept with the month; `recompute` takes it."""
        return canonical(self)


class InputsRefused(Refused):
    """Inputs from which no month can be computed; the reason and what it is about."""

    reasons = {
        "format": "The inputs have the format %(about)s, which this version does not read.",
        "repeated": "%(about)s is given twice.",
        "through": "%(about)s is paid through an institution that has no line of its own.",
        "no_column": "The scheme has no column for %(about)s.",
        "no_basis": "%(about)s has no performance-pay base.",
        "basis_without_line": "%(about)s has a performance-pay base but no line of its own.",
        "negative_basis": "The performance-pay base of %(about)s is negative.",
        "not_in_force": "%(about)s is not yet in force in the month.",
    }


def check_inputs(inputs: MonthInputs) -> None:
    """Refuse inputs from which no month can be computed. Raises InputsRefused, SchemeRefused."""
    if inputs.format != FORMAT:
        raise InputsRefused("format", about=inputs.format)
    _refuse_repeated([indicator.code for indicator in inputs.indicators])
    _refuse_repeated([member.code for member in inputs.members])
    _refuse_repeated([basis.institution for basis in inputs.bases])
    if problems := check(inputs.scheme, {indicator.code: indicator for indicator in inputs.indicators}):
        raise SchemeRefused(problems)
    _check_dates(inputs)
    _check_members(inputs)


def _refuse_repeated(codes: Sequence[str]) -> None:
    for code in codes:
        if codes.count(code) > 1:
            raise InputsRefused("repeated", about=code)


def _check_dates(inputs: MonthInputs) -> None:
    last_day = inputs.month.last_day
    if inputs.scheme.effective_from > last_day:
        raise InputsRefused("not_in_force", about=f"{inputs.scheme.code} {inputs.scheme.version}")
    for basis in inputs.bases:
        if basis.effective_from > last_day:
            raise InputsRefused("not_in_force", about=basis.institution)
        if basis.fen < 0:
            raise InputsRefused("negative_basis", about=basis.institution)


def _check_members(inputs: MonthInputs) -> None:
    paid = {member.code: member for member in inputs.with_line}
    bases = {basis.institution for basis in inputs.bases}
    for member in inputs.members:
        if member.through and member.through not in paid:
            raise InputsRefused("through", about=member.code)
    for code, member in paid.items():
        if inputs.scheme.column_for(member.role, member.kind) is None:
            raise InputsRefused("no_column", about=code)
        if code not in bases:
            raise InputsRefused("no_basis", about=code)
    for code in sorted(bases - set(paid)):
        raise InputsRefused("basis_without_line", about=code)


def report_through(facts: Iterable[Fact], members: Sequence[Member]) -> Facts:
    """Facts by place, those of a member `through` another added to the other's (practice 1: village rooms).

    A sum with a missing addend is missing. Raises FactsRefused: repeated, negative, institution.
    """
    home = {member.code: member.through or member.code for member in members}
    gathered: dict[tuple[str, str, str], list[Fact]] = defaultdict(list)
    for fact in tabulate(facts).values():
        if fact.institution not in home:
            raise FactsRefused("institution", fact)
        gathered[home[fact.institution], str(fact.month), fact.key].append(fact)
    return tabulate(_together(place[0], group) for place, group in gathered.items())


def _together(institution: str, facts: Sequence[Fact]) -> Fact:
    values = [fact.value for fact in facts if fact.value is not None]
    return Fact(
        institution,
        facts[0].month,
        facts[0].key,
        add_numbers(values) if len(values) == len(facts) else None,
        "+".join(sorted({fact.evidence_kind for fact in facts})),
        sum(fact.evidence_count for fact in facts),
    )
