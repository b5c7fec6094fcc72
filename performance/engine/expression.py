"""The advanced form of an indicator: a small language over facts and other indicators, read and checked.

    100 × (fund_budget_fen − fund_spent_fen) ÷ fund_budget_fen
    max(0, diabetes_control − prev(diabetes_control, 12))

Numbers, names of facts and indicators, + − × ÷ (also - * /), brackets, min, max, and `prev(x, n)`: x, n
months earlier. Nothing else: no text, no comparison, no loop. Full-width signs are read as plain ones.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from alliance.lib.refusal import Refused

MOST_LETTERS, MOST_DEPTH, MOST_DIGITS, MOST_MONTHS = 2000, 20, 30, 120
FUNCTIONS = ("min", "max", "prev")
Sign = Literal["+", "−", "×", "÷"]
SIGNS: dict[str, Sign] = {"+": "+", "-": "−", "−": "−", "*": "×", "×": "×", "/": "÷", "÷": "÷"}
PLAIN = str.maketrans("（），＋－＊／", "(),+-*/")
WORD = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*)|(?P<sign>[-+−*×/÷(),]))")


class ExpressionRefused(Refused):
    """A text that is no expression; `at` is the place of the letter, counted from 1."""

    reasons = {
        "empty": "Write an expression, such as 100 × passed ÷ priced.",
        "too_long": "The expression has more than %(most)d letters.",
        "too_deep": "Place %(at)d: brackets stand inside brackets more than %(most)d times.",
        "letter": "Place %(at)d: “%(found)s” is no sign of the language.",
        "end": "The expression ends too early: %(expected)s is missing.",
        "expected": "Place %(at)d: “%(found)s” stands where %(expected)s belongs.",
        "digits": "Place %(at)d: a number has more than %(most)d digits.",
        "arguments": "Place %(at)d: %(name)s takes %(expected)s.",
        "months": "Place %(at)d: the second part of prev is a whole number of months from 1 to %(most)d.",
        "function": "Place %(at)d: there is no function %(name)s. There are min, max and prev.",
        "unknown": "Place %(at)d: %(name)s is no fact and no indicator.",
        "unknown_near": "Place %(at)d: %(name)s is no fact and no indicator. Is %(near)s meant?",
        "too_large": "With all it refers to, %(name)s has more than %(most)d numbers.",
        "too_long_way": "%(name)s refers to indicators that refer to others, more than %(most)d in a row.",
        "circle": "The indicators %(way)s refer to each other in a circle.",
    }


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Name:
    """A fact or another indicator; `at` is its place in the text, for messages."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Binary:
    """Two parts and the sign between them."""

    sign: Sign
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Minus:
    """The opposite of a part."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Extreme:
    """The least or the greatest of its parts."""

    which: Literal["min", "max"]
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A part, so many months earlier."""

    part: "Node"
    months: int


Node = Number | Name | Binary | Minus | Extreme | Earlier


class Token(NamedTuple):
    """One word of the text: number, name, sign or end; its letters and its place, counted from 1."""

    kind: str
    text: str
    at: int


def parse(text: str) -> Node:
    """Read an expression. Raises ExpressionRefused with the place of the first fault."""
    plain = text.translate(PLAIN)
    if not plain.strip():
        raise ExpressionRefused("empty")
    if len(plain) > MOST_LETTERS:
        raise ExpressionRefused("too_long", most=MOST_LETTERS)
    reader = _Reader(list(_tokens(plain)))
    node = reader.sum()
    if reader.now.kind != "end":
        raise reader.wrong("+ − × ÷")
    return node


def _tokens(text: str) -> Iterator[Token]:
    place = 0
    while found := WORD.match(text, place):
        kind = found.lastgroup or ""
        yield Token(kind, found[kind], found.start(kind) + 1)
        place = found.end()
    if rest := text[place:].lstrip():
        raise ExpressionRefused("letter", at=len(text) - len(rest) + 1, found=rest[0])
    yield Token("end", "", len(text) + 1)


class _Reader:
    """Reads words left to right; × and ÷ bind tighter than + and −."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.place, self.depth = tokens, 0, 0

    @property
    def now(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def wrong(self, expected: str) -> ExpressionRefused:
        if self.now.kind == "end":
            return ExpressionRefused("end", expected=expected)
        return ExpressionRefused("expected", at=self.now.at, found=self.now.text, expected=expected)

    def sign(self, *signs: Sign) -> Sign | None:
        """Take the next word if it is one of the signs."""
        found = SIGNS.get(self.now.text)
        if found not in signs:
            return None
        self.take()
        return found

    def expect(self, text: str) -> None:
        if self.now.text != text:
            raise self.wrong(text)
        self.take()

    def sum(self) -> Node:
        node = self.product()
        while sign := self.sign("+", "−"):
            node = Binary(sign, node, self.product())
        return node

    def product(self) -> Node:
        node = self.single()
        while sign := self.sign("×", "÷"):
            node = Binary(sign, node, self.single())
        return node

    def single(self) -> Node:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise ExpressionRefused("too_deep", at=self.now.at, most=MOST_DEPTH)
        node = Minus(self.single()) if self.sign("−") else self.atom()
        self.depth -= 1
        return node

    def atom(self) -> Node:
        if self.now.kind == "number":
            return self.number()
        if self.now.kind == "name":
            word = self.take()
            calls = self.now.text == "(" or word.text in FUNCTIONS
            return self.call(word) if calls else Name(word.text, word.at)
        if self.now.text != "(":
            raise self.wrong("x")
        self.take()
        node = self.sum()
        self.expect(")")
        return node

    def number(self) -> Number:
        word = self.take()
        if len(word.text) > MOST_DIGITS:
            raise ExpressionRefused("digits", at=word.at, most=MOST_DIGITS)
        return Number(Decimal(word.text))

    def call(self, word: Token) -> Node:
        if word.text not in FUNCTIONS:
            raise ExpressionRefused("function", at=word.at, name=word.text)
        self.expect("(")
        parts = [self.sum()]
        while self.now.text == ",":
            self.take()
            parts.append(self.sum())
        self.expect(")")
        return _earlier(word, parts) if word.text == "prev" else _extreme(word, parts)


def _earlier(word: Token, parts: list[Node]) -> Earlier:
    if len(parts) != 2:
        raise ExpressionRefused("arguments", at=word.at, name="prev", expected="2")
    months = parts[1]
    if not isinstance(months, Number) or not 1 <= months.value <= MOST_MONTHS or months.value % 1:
        raise ExpressionRefused("months", at=word.at, most=MOST_MONTHS)
    return Earlier(parts[0], int(months.value))


def _extreme(word: Token, parts: list[Node]) -> Extreme:
    if len(parts) < 2:
        raise ExpressionRefused("arguments", at=word.at, name=word.text, expected="2+")
    return Extreme("min" if word.text == "min" else "max", tuple(parts))


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node, left to right."""
    match node:
        case Binary():
            return node.left, node.right
        case Minus() | Earlier():
            return (node.part,)
        case Extreme():
            return node.parts
        case _:
            return ()


def names(node: Node) -> Iterator[Name]:
    """Every fact and indicator an expression names, in reading order, as often as it does."""
    yield from (part for part in leaves(node) if isinstance(part, Name))


def leaves(node: Node) -> Iterator[Name | Number]:
    """Every number and name of an expression, in reading order."""
    left = [node]
    while left:
        one = left.pop()
        if isinstance(one, Name | Number):
            yield one
        left.extend(reversed(children(one)))
