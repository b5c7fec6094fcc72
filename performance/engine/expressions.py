"""Expressions in their company: names checked, circles found, worked out exactly with the line written down.

Missing is not zero (conventions 21): a part that is not known makes the whole not known, in min and max too.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction

from alliance.lib.period import Month
from performance.engine.expression import (
    Binary,
    Earlier,
    ExpressionRefused,
    Extreme,
    Minus,
    Name,
    Node,
    Number,
    Sign,
    children,
    leaves,
    names,
)
from performance.engine.fact import Fact, Facts
from performance.engine.formula import Expr, Formula, chain, expr, parameter
from performance.engine.indicators import Indicator, Reason

Expressions = Mapping[str, Node]
# What one line may hold with all it refers to, and how many indicators may refer to each other in a row.
MOST_NUMBERS, MOST_WAY = 2000, 8
THIS = "…"  # what an expression without a code is called in a message


def check_names(node: Node, facts: Set[str], others: Set[str] = frozenset()) -> None:
    """Refuse the first name that is neither a fact nor an indicator, with the nearest one that is.

    Raises ExpressionRefused: unknown, unknown_near.
    """
    for one in names(node):
        if one.name in facts or one.name in others:
            continue
        near = get_close_matches(one.name, sorted({*facts, *others}), n=1)
        if near:
            raise ExpressionRefused("unknown_near", at=one.at, name=one.name, near=near[0])
        raise ExpressionRefused("unknown", at=one.at, name=one.name)


def node_of(indicator: Indicator) -> Node:
    """The form of an indicator as an expression, so that others can be built on it; no least n is asked."""
    top, bottom = _total(indicator.numerator), indicator.denominator
    mean = Binary("÷", top, _total(bottom)) if bottom else top
    if indicator.form == "change":
        then = Earlier(mean, indicator.months_back)
        found: Node = Binary("÷", Binary("−", mean, then), then)
    elif indicator.form == "complement":
        found = Binary("÷", Binary("−", _total(bottom), top), _total(bottom))
    else:
        found = mean
    return found if indicator.scale == 1 else Binary("×", Number(indicator.scale), found)


def _total(keys: Sequence[str]) -> Node:
    total: Node = Name(keys[0], 0)
    for key in keys[1:]:
        total = Binary("+", total, Name(key, 0))
    return total


def graph(expressions: Expressions) -> dict[str, tuple[str, ...]]:
    """Which indicators each expression refers to, each once, in reading order."""
    return {
        code: tuple(dict.fromkeys(one.name for one in names(node) if one.name in expressions))
        for code, node in expressions.items()
    }


def in_order(expressions: Expressions) -> tuple[str, ...]:
    """The codes so that each stands after all it refers to.

    A reference by `prev` counts, too: the earlier month would ask for the one before it without end. Raises
    ExpressionRefused: circle, too_long_way, too_large.
    """
    ways = graph(expressions)
    done: dict[str, _Extent] = {}
    for code in expressions:
        _visit(code, expressions, ways, (), done)
    return tuple(done)


@dataclass(frozen=True, slots=True)
class _Extent:
    """How many numbers an expression holds with all it refers to, and how many stand below it in a row."""

    numbers: int
    below: int


def _visit(
    code: str,
    expressions: Expressions,
    ways: Mapping[str, tuple[str, ...]],
    way: tuple[str, ...],
    done: dict[str, _Extent],
) -> None:
    if code in way:
        raise ExpressionRefused("circle", way=" → ".join([*way[way.index(code) :], code]))
    if code in done:
        return
    for other in ways[code]:
        _visit(other, expressions, ways, (*way, code), done)
    done[code] = _extent(code, expressions[code], done)


def _extent(code: str, node: Node, done: Mapping[str, _Extent]) -> _Extent:
    parts = [done.get(one.name) if isinstance(one, Name) else None for one in leaves(node)]
    found = _Extent(
        sum(part.numbers if part else 1 for part in parts),
        max((part.below + 1 for part in parts if part), default=0),
    )
    if found.below > MOST_WAY:
        raise ExpressionRefused("too_long_way", name=code, most=MOST_WAY)
    if found.numbers > MOST_NUMBERS:
        raise ExpressionRefused("too_large", name=code, most=MOST_NUMBERS)
    return found


@dataclass(frozen=True, slots=True)
class Worked:
    """An expression with its numbers put in. `exact` None: not assessed, and `reason` says why."""

    exact: Fraction | None
    formula: Formula
    reason: Reason | None = None


def work_out(
    node: Node, *, facts: Facts, institution: str, month: Month, others: Expressions | None = None
) -> Worked:
    """Work out an expression of one institution and month from `tabulate`d facts, exactly, unrounded.

    A name in `others` stands for that expression; any other name for a fact. Not assessed when a fact is not
    known (`missing_fact`) or something is divided by zero (`empty_denominator`). Raises ExpressionRefused as
    `in_order`.
    """
    known = others or {}
    in_order({**known, THIS: node})
    scene = _Scene(facts, institution, known, [])
    found = scene.of(node, month)
    reason = None
    if found.exact is None:
        absent = tuple(dict.fromkeys(scene.missing))
        reason = Reason("missing_fact", absent) if absent else Reason("empty_denominator")
    return Worked(found.exact, Formula("expression", found.tokens), reason)


@dataclass(frozen=True, slots=True)
class _Scene:
    """Whose numbers are put in; `missing` gathers the facts that are not known."""

    facts: Facts
    institution: str
    others: Expressions
    missing: list[str]

    def of(self, node: Node, month: Month) -> Expr:
        match node:
            case Number():
                return parameter("number", node.value)
            case Name():
                return self.named(node, month)
            case Binary():
                return self.row(node, month)
            case Minus():
                return parameter("number", 0) - self.of(node.part, month)
            case Earlier():
                return self.of(node.part, month.plus(-node.months))
            case Extreme():
                return _extreme(node.which, [self.of(part, month) for part in node.parts])

    def row(self, node: Binary, month: Month) -> Expr:
        """a + b + c … leans to the left as far as the text is long: walked down, not called down."""
        first: Node = node
        steps: list[tuple[Sign, Node]] = []
        while isinstance(first, Binary):
            steps.append((first.sign, first.right))
            first = first.left
        found = self.of(first, month)
        for sign, right in reversed(steps):
            found = CALCULATE[sign](found, self.of(right, month))
        return found

    def named(self, one: Name, month: Month) -> Expr:
        """Another expression, in brackets where it needs them, or a fact."""
        if one.name in self.others:
            return self.of(self.others[one.name], month)
        place = (self.institution, month, one.name)
        fact = self.facts.get(place) or Fact(*place, None, "", 0)
        if fact.value is None:
            self.missing.append(one.name)
        return expr(fact.operand)


CALCULATE: Mapping[str, Callable[[Expr, Expr], Expr]] = {
    "+": Expr.__add__,
    "−": Expr.__sub__,
    "×": Expr.__mul__,
    "÷": Expr.__truediv__,
}


def _extreme(which: str, parts: list[Expr]) -> Expr:
    known = [part.exact for part in parts if part.exact is not None]
    whole = len(known) == len(parts)
    exact = (min(known) if which == "min" else max(known)) if whole else None
    inside = [piece for part in parts for piece in (",", part)][1:]
    return Expr(exact, chain(f"{which}(", *inside, ")"))


def facts_of(node: Node, others: Expressions | None = None) -> dict[str, frozenset[int]]:
    """Every fact an expression rests on and how many months back each is asked for (0: the month itself).

    Raises ExpressionRefused as `in_order`.
    """
    known = others or {}
    in_order({**known, THIS: node})
    found: dict[str, set[int]] = {}
    left: list[tuple[Node, int]] = [(node, 0)]
    while left:
        one, back = left.pop()
        if isinstance(one, Name) and one.name not in known:
            found.setdefault(one.name, set()).add(back)
        further = back + one.months if isinstance(one, Earlier) else back
        parts = (known[one.name],) if isinstance(one, Name) and one.name in known else children(one)
        left.extend((part, further) for part in parts)
    return {key: frozenset(months) for key, months in found.items()}
