"""Money as whole fen: reading and writing yuan, and dividing a pool so that not one fen is lost."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from alliance.lib.refusal import Refused

Fen: TypeAlias = int
Weight: TypeAlias = int | Decimal | Fraction
Weights: TypeAlias = Mapping[str, Weight] | Iterable[tuple[str, Weight]]

LEAST_FEN, MOST_FEN = -(2**63), 2**63 - 1
TRUE_MINUS = "\u2212"
# A weight written with a larger exponent is a slip or an attack: its digits alone would fill the memory.
MOST_EXPONENT = 400

_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_LOOKS_GROUPED = re.compile(r"[0-9,]+(\.[0-9,]*)?")


class MoneyRefused(Refused):
    """A text is not an amount of yuan; `reason` names the problem."""

    reasons = {
        "empty": "An amount is missing.",
        "not_a_number": "%(text)s is not an amount of yuan.",
        "comma_position": "In %(text)s a comma does not separate thousands.",
        "too_fine": "%(text)s has more than two decimals: an amount ends at the fen.",
        "out_of_range": "%(text)s is too large.",
    }


class SplitRefused(Refused):
    """A pool cannot be divided; the first reason in this order is named (walls section 2)."""

    reasons = {
        "pool_not_an_integer": "The pool is not a whole number of fen.",
        "pool_out_of_range": "The pool is too large.",
        "no_parts": "There is nobody to divide the pool among.",
        "empty_code": "A part has no code.",
        "repeated_code": "Two parts have the same code.",
        "weight_not_a_number": "A weight is not a number.",
        "negative_weight": "A weight is negative.",
        "all_weights_zero": "All weights are zero.",
    }


def yuan(fen: Fen, *, display: bool = False) -> str:
    """Write fen as yuan with two decimals and thousands commas: 123456 -> "1,234.56".

    `display=True` gives the true minus sign U+2212 for pages; files keep the plain "-".
    """
    whole, rest = divmod(abs(fen), 100)
    sign = "" if fen >= 0 else TRUE_MINUS if display else "-"
    return f"{sign}{whole:,}.{rest:02d}"


def fen(text: str) -> Fen:
    """Read yuan text strictly ("1,234.56", "-0.5", "−12") and return whole fen.

    Raises MoneyRefused: empty, not_a_number, comma_position, too_fine (a third decimal),
    out_of_range (beyond a signed 64-bit number). Nothing is rounded.
    """
    shown = text.strip()
    if not shown:
        raise MoneyRefused("empty")
    negative = shown[0] in ("-", TRUE_MINUS)
    digits = shown[1:] if negative or shown[0] == "+" else shown
    _check_form(digits, shown)
    whole, _, decimals = digits.replace(",", "").partition(".")
    if len(decimals) > 2:
        raise MoneyRefused("too_fine", text=shown)
    # The length is looked at first: int() refuses very long texts with an error of its own.
    absolute = int(whole + decimals.ljust(2, "0")) if len(whole.lstrip("0")) < 20 else MOST_FEN + 2
    amount = -absolute if negative else absolute
    if not LEAST_FEN <= amount <= MOST_FEN:
        raise MoneyRefused("out_of_range", text=shown)
    return amount


def _check_form(digits: str, shown: str) -> None:
    if _PLAIN.fullmatch(digits) or _GROUPED.fullmatch(digits):
        return
    if "," in digits and _LOOKS_GROUPED.fullmatch(digits):
        raise MoneyRefused("comma_position", text=shown)
    raise MoneyRefused("not_a_number", text=shown)


@dataclass(frozen=True, slots=True)
class Part:
    """One share of a divided pool, with everything needed to explain it.

    `fen` is the share (negative for a negative pool). For the pool's absolute amount: `floor` is the whole
    part of the exact quota, `remainder` what the floor leaves of it (0 <= remainder < 1 fen),
    `remainder_rank` the place in the queue for the fen still missing (1 = first; larger remainder first,
    then ascending code), `got_extra_fen` whether one of them came here.
    """

    code: str
    fen: Fen
    weight: Weight
    floor: Fen
    remainder: Fraction
    remainder_rank: int
    got_extra_fen: bool


@dataclass(frozen=True, slots=True)
class Split:
    """A divided pool: its parts in ascending order of the code; their fen add up to `pool`."""

    pool: Fen
    weight: Fraction
    parts: tuple[Part, ...]

    def fen_by_code(self) -> dict[str, Fen]:
        """Return the share in fen of each code."""
        return {part.code: part.fen for part in self.parts}


def split_pool(pool_fen: Fen, weights: Weights) -> Split:
    """Divide a pool of fen by weights with the largest-remainder rule; the parts always add up to the pool.

    quota = |pool| x weight / sum of weights, exact; each part gets its floor; the fen still missing go one
    each to the largest remainders, equal ones in ascending order of the code (by Unicode code point). A
    negative pool is the mirror image. The order of the input has no effect.
    Raises SplitRefused with the first reason that applies. Source: walls section 2, conventions 11, N30.
    """
    pairs = list(weights.items() if isinstance(weights, Mapping) else weights)
    _check_pool(pool_fen)
    _check_codes([code for code, _ in pairs])
    exact = _exact_weights(pairs)
    scale = math.lcm(*(weight.denominator for weight in exact.values()))
    scaled = {code: weight.numerator * (scale // weight.denominator) for code, weight in exact.items()}
    shares = _floors(abs(pool_fen), scaled)
    parts = _parts(pool_fen, dict(pairs), sum(scaled.values()), shares)
    return Split(pool_fen, sum(exact.values(), Fraction()), parts)


def _check_pool(pool_fen: object) -> None:
    if not isinstance(pool_fen, int) or isinstance(pool_fen, bool):
        raise SplitRefused("pool_not_an_integer")
    if not LEAST_FEN <= pool_fen <= MOST_FEN:
        raise SplitRefused("pool_out_of_range")


def _check_codes(codes: list[str]) -> None:
    if not codes:
        raise SplitRefused("no_parts")
    if not all(codes):
        raise SplitRefused("empty_code")
    if len(set(codes)) < len(codes):
        raise SplitRefused("repeated_code")


def _exact_weights(pairs: list[tuple[str, Weight]]) -> dict[str, Fraction]:
    exact = {code: _exact(weight) for code, weight in pairs}
    if any(weight < 0 for weight in exact.values()):
        raise SplitRefused("negative_weight")
    if not any(exact.values()):
        raise SplitRefused("all_weights_zero")
    return exact


def _exact(weight: object) -> Fraction:
    if isinstance(weight, bool) or not isinstance(weight, int | Decimal | Fraction):
        raise SplitRefused("weight_not_a_number")
    if isinstance(weight, Decimal):
        exponent = weight.as_tuple().exponent
        if not isinstance(exponent, int) or abs(exponent) > MOST_EXPONENT:
            raise SplitRefused("weight_not_a_number")
    return Fraction(weight)


def _floors(amount: Fen, scaled: Mapping[str, int]) -> dict[str, tuple[Fen, int]]:
    """Return code -> (whole fen, remainder as a numerator over the sum of the scaled weights)."""
    total = sum(scaled.values())
    return {code: divmod(amount * weight, total) for code, weight in scaled.items()}


def _parts(
    pool: Fen, weights: Mapping[str, Weight], total: int, shares: Mapping[str, tuple[Fen, int]]
) -> tuple[Part, ...]:
    missing = abs(pool) - sum(floor for floor, _ in shares.values())
    queue = sorted(shares, key=lambda code: (-shares[code][1], code))
    rank = {code: place for place, code in enumerate(queue, start=1)}
    sign = -1 if pool < 0 else 1
    return tuple(
        Part(
            code=code,
            fen=sign * (floor + (rank[code] <= missing)),
            weight=weights[code],
            floor=floor,
            remainder=Fraction(rest, total),
            remainder_rank=rank[code],
            got_extra_fen=rank[code] <= missing,
        )
        for code, (floor, rest) in sorted(shares.items())
    )
