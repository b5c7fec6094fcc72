"""Facts: one typed number per institution, month and key, and sums of them with their trail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from performance.engine.exact import exact_sum
from performance.engine.formula import Expr, Number, Operand, expr

Place = tuple[str, Month, str]
Facts = Mapping[Place, "Fact"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of one institution and month, with the kind and count of the records behind it.

    `value`: integer (counts, fen, days) or Decimal (weights); None means not known, which is not zero.
    """

    institution: str
    month: Month
    key: str
    value: Number | None
    evidence_kind: str
    evidence_count: int

    @property
    def place(self) -> Place:
        """(institution, month, key): what makes a fact unique and puts facts in order."""
        return (self.institution, self.month, self.key)

    @property
    def operand(self) -> Operand:
        """The fact as a number of a formula."""
        evidence = (self.evidence_kind, self.evidence_count)
        return Operand(self.key, self.value, "fact", self.institution, self.month, *evidence)


class FactsRefused(Refused):
    """Facts that cannot be used; the reason and the fact's place."""

    reasons = {
        "repeated": "%(institution)s %(month)s: the fact %(key)s is given twice.",
        "negative": "%(institution)s %(month)s: the fact %(key)s is negative.",
        "institution": "%(institution)s %(month)s: the fact %(key)s belongs to no institution of the month.",
    }

    def __init__(self, reason: str, fact: Fact) -> None:
        super().__init__(reason, institution=fact.institution, month=fact.month, key=fact.key)


def tabulate(facts: Iterable[Fact]) -> dict[Place, Fact]:
    """Facts by (institution, month, key). Raises FactsRefused: repeated, negative."""
    table: dict[Place, Fact] = {}
    for fact in facts:
        if fact.place in table:
            raise FactsRefused("repeated", fact)
        if fact.value is not None and fact.value < 0:
            raise FactsRefused("negative", fact)
        table[fact.place] = fact
    return table


def add_numbers(values: list[Number]) -> Number:
    """Exact sum; integers stay integers, one Decimal makes the sum a Decimal."""
    if any(isinstance(value, Decimal) for value in values):
        return exact_sum([Decimal(value) for value in values])
    return sum(int(value) for value in values)


@dataclass(frozen=True, slots=True)
class Term:
    """A sum of facts of one institution and month; its number is None when one of them is missing."""

    number: Number | None
    missing: tuple[str, ...]
    expr: Expr


def term(keys: tuple[str, ...], facts: Facts, institution: str, month: Month) -> Term:
    """Add the facts named by `keys`; an absent fact counts as missing, never as zero."""
    found = [facts.get((institution, month, key), Fact(institution, month, key, None, "", 0)) for key in keys]
    missing = tuple(fact.key for fact in found if fact.value is None)
    known = [fact.value for fact in found if fact.value is not None]
    total = reduce(Expr.__add__, (expr(fact.operand) for fact in found))
    return Term(None if missing else add_numbers(known), missing, total)
