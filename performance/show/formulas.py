"""Formulas of the engine as lines of a page: every number with its name and the place where it opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from alliance.web import words
from alliance.web.parts import Term
from performance.engine.indicators import Indicator
from performance.show import labels

Token = Mapping[str, Any]
Address = Callable[[Token], str]
FEN = "_fen"


@dataclass(frozen=True)
class Writer:
    """Writes tokens as terms; `address` says where a number opens ('' where it does not)."""

    indicators: Mapping[str, Indicator]
    address: Address

    def terms(self, formula: Mapping[str, Any]) -> list[Term]:
        """The line left to right; brackets and signs stand before the number they belong to."""
        found = list(self._terms(formula["key"], formula["tokens"]))
        left = _trailing(formula["tokens"])
        if left:
            found.append(Term("", op=left))
        return found

    def _terms(self, key: str, tokens: Sequence[Token]) -> Iterator[Term]:
        signs: list[str] = []
        for token in tokens:
            if token["kind"] == "sign":
                signs.append(token["text"])
                continue
            known = token["value"] is not None
            url = self.address(token) if known else ""
            yield Term(shown(token, key), self._label(token), url, " ".join(signs))
            signs.clear()

    def _label(self, token: Token) -> str:
        if token["origin"] != "fact":
            return labels.number(token["name"], self.indicators)
        name = labels.fact(token["name"])
        return f"{name} · {words.month(token['month'])}" if token["month"] else name


def _trailing(tokens: Sequence[Token]) -> str:
    """The signs after the last number, such as a closing bracket."""
    left: list[str] = []
    for token in reversed(tokens):
        if token["kind"] != "sign":
            break
        left.insert(0, token["text"])
    return " ".join(left)


def shown(token: Token, key: str = "") -> str:
    """A number of a formula: money in yuan, digits as written, missing as a dash."""
    value = token["value"]
    if value is None:
        return words.DASH
    if token["name"].endswith(FEN):
        return words.yuan(int(value))
    if token["name"] == "weight" and key == "share":
        return words.num(Fraction(Decimal(value)) / 100, 2)  # point-fen as point-yuan
    return plain(value)


def plain(value: Any) -> str:
    """A number with thousands commas and the decimals it was written with."""
    places = len(str(value).partition(".")[2])
    return words.num(Decimal(value), places)
