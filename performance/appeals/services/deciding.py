"""What somebody uninvolved decides about an appeal, and the entries that follow, before they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from alliance.lib.period import Month
from alliance.models import Institution, Staff
from grouping.services.asif import Right
from performance.models import PayLine, PayPool, PayPot

FactKey = tuple[int, str, str]  # settlement pk, institution code, name of the fact in its month


@dataclass(frozen=True)
class Decision:
    """What somebody uninvolved decided: corrected points by line of pay, corrected facts of a month, money of
    a deduction given back (fen by Consequence pk), corrected values of persons' indicators by the number of
    their line, what is right of cases by the number of their line, who bears it, from which month an
    indicator changes. `lowers`: it is meant that whoever appealed gets less; `more_why`: why they get more
    than was asked for.
    """

    bearer: str = ""
    points: Mapping[int, Decimal] = field(default_factory=dict)
    facts: Mapping[FactKey, Decimal] = field(default_factory=dict)
    give_back: Mapping[int, int] = field(default_factory=dict)
    from_month: Month | None = None
    values: Mapping[int, Decimal] = field(default_factory=dict)
    cases: Mapping[int, Right] = field(default_factory=dict)
    lowers: bool = False
    more_why: str = ""


@dataclass(frozen=True)
class Draft:
    """One entry before it is stored: whose account, so far, corrected and the difference, signed fen.

    `pool`: of a share, the pool it is of, where it is not the month's own; `pot`: of what flows down.
    """

    account: str
    fen: int
    institution: Institution | None = None
    staff: Staff | None = None
    pay_line: PayLine | None = None
    pool: PayPool | None = None
    pot: PayPot | None = None
    before_fen: int | None = None
    after_fen: int | None = None
    why: Mapping[str, Any] = field(default_factory=dict)
