"""How the fee of a consultation is shared between the asking and the answering institution (S3-51).

Pure: whole fen in, whole fen out, the parts always add up. Shares go to institutions, never to persons
(practice section 6).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from alliance.lib.money import Fen, split_pool

NONE, FIXED, FACTORS = "none", "fixed", "factors"
METHODS = (NONE, FIXED, FACTORS)
HUNDRED = Fraction(100)
Percent: TypeAlias = Decimal


@dataclass(frozen=True, slots=True)
class Rule:
    """What is in force: method of the kind, fixed percent, weights of the factors, the asker's part of each.

    Percent points. The weights of technique, labour and risk add up to 100; `asker` says what part of each
    factor the asking side brings in.
    """

    method: str
    fixed: Percent
    weights: Mapping[str, Percent]
    asker: Mapping[str, Percent]


@dataclass(frozen=True, slots=True)
class Share:
    """The fee in two parts, with the asking side's percent that made them."""

    asker: Fen
    answerer: Fen
    percent: Fraction


def percent_of(rule: Rule, *, primary: bool) -> Fraction:
    """The asking side's percent: only a primary institution has one. Raises ValueError (unknown method)."""
    if rule.method not in METHODS:
        raise ValueError(f"{rule.method} is no way to share a fee")
    if not primary or rule.method == NONE:
        return Fraction(0)
    if rule.method == FIXED:
        return Fraction(rule.fixed)
    return sum(
        (Fraction(rule.weights[name]) * Fraction(rule.asker[name]) / 100 for name in rule.weights),
        Fraction(0),
    )


def share(fen: Fen, rule: Rule, *, primary: bool) -> Share:
    """Divide a fee by largest remainder, ties to the answering side. Raises ValueError outside 0 to 100 %."""
    percent = percent_of(rule, primary=primary)
    if not 0 <= percent <= HUNDRED:
        raise ValueError(f"{percent} percent is no share")
    parts = {
        part.code: part.fen
        for part in split_pool(fen, {"answerer": HUNDRED - percent, "asker": percent}).parts
    }
    return Share(parts["asker"], parts["answerer"], percent)
