"""A small county community for the tests of the engine: lead, county member, township with a village room."""

from datetime import date
from decimal import Decimal

from alliance.lib.period import Month
from performance.engine.fact import Fact
from performance.engine.formula import Number
from performance.engine.indicators import shipped_indicators
from performance.engine.inputs import Basis, Member, MonthInputs, Pool
from performance.engine.scheme import demonstration_scheme

OCTOBER = Month(2026, 10)
LAST_YEAR = OCTOBER.same_last_year()
MEMBERS = (
    Member("LEAD", "lead", "general"),
    Member("TCM", "member", "tcm"),
    Member("TOWN", "member", "township"),
    Member("ROOM", "member", "village", through="TOWN"),
)
NUMBERS: dict[str, Number] = {
    "total_weight": Decimal("540.60"),
    "weighted_cases": 600,
    "cost_fen": 510_000_000,
    "discharges": 610,
    "stay_days": 5200,
    "up_effective_sent": 12,
    "served_population": 300_000,
    "down_effective_sent": 20,
    "down_effective_received": 3,
    "referrals_accepted_in_time": 37,
    "referrals_received": 40,
}


def fact(institution: str, key: str, value: Number | None, month: Month = OCTOBER) -> Fact:
    return Fact(institution, month, key, value, "case", 1)


def facts_of(institution: str, **changes: Number | None) -> list[Fact]:
    """The usual facts of an institution, some changed; of last year's month cost and discharges."""
    now = [fact(institution, key, value) for key, value in (NUMBERS | changes).items()]
    then = {"cost_fen": 480_000_000, "discharges": 600}
    return now + [fact(institution, key, value, LAST_YEAR) for key, value in then.items()]


def a_month(facts: list[Fact] | None = None, pool_fen: int = 100_000_000) -> MonthInputs:
    """The demonstration scheme over the cast; three institutions have a line."""
    usual = [one for code in ("LEAD", "TCM", "TOWN") for one in facts_of(code)]
    return MonthInputs(
        month=OCTOBER,
        indicators=tuple(shipped_indicators().values()),
        scheme=demonstration_scheme(),
        members=MEMBERS,
        bases=tuple(
            Basis(code, fen, date(2026, 1, 1), "document 3 of 2026")
            for code, fen in (("LEAD", 342_000_000), ("TCM", 140_000_000), ("TOWN", 22_000_000))
        ),
        pool=Pool(pool_fen, "bonus fund"),
        facts=tuple(usual if facts is None else facts),
    )
