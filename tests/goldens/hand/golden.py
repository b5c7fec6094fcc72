"""The hand-worked month as values: its files read, its facts counted the plain way."""

import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from alliance.lib.period import Month
from grouping.engine.interpreter import group
from grouping.engine.metrics import GroupedStay, Tally, tally
from grouping.engine.result import Result
from grouping.engine.scheme import read_scheme as read_grouping_scheme
from grouping.readers.dictionary import dictionary_of
from grouping.readers.hqms import read_front_pages
from grouping.readers.rows import FrontPage
from performance.engine.fact import Fact
from performance.engine.formula import Number
from performance.engine.indicators import shipped_indicators
from performance.engine.inputs import Basis, Member, MonthInputs, Pool
from performance.engine.scheme import read_scheme

FOLDER = Path(__file__).parent
GROUPING_SCHEME = Path(__file__).resolve().parents[3] / "grouping" / "schemes" / "xietong_demo"


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


GIVEN = read("month.toml")
MONTH = Month.parse(GIVEN["month"])


def grouped_pages() -> Iterator[tuple[str, FrontPage, Result]]:
    """Every case of the three files with its institution and its group; a bad row fails here."""
    scheme = read_grouping_scheme(GROUPING_SCHEME)
    codes = {member["organisation"]: member["code"] for member in GIVEN["members"]}
    for path in sorted(FOLDER.glob("hqms_*.csv")):
        with path.open("rb") as file:
            for page in read_front_pages(file, dictionary=dictionary_of(scheme)):
                assert isinstance(page, FrontPage), page
                yield codes[page.organisation], page, group(scheme, page.to_case())


def tallies() -> dict[str, Tally]:
    """The sums of each institution's October stays."""
    stays = [
        GroupedStay(
            hospital=code,
            department=page.stay.department_out,
            month=str(Month.of(page.stay.discharged)),
            status=result.status,
            drg=result.drg,
            weight=result.weight,
            stay_days=page.stay.days,
            cost_fen=page.bill.total,
            died=page.stay.discharge_way == 5,
        )
        for code, page, result in grouped_pages()
    ]
    found = tally(stays)
    return {member["code"]: found["hospital", member["code"], str(MONTH), ""] for member in GIVEN["members"]}


def case_facts() -> Iterator[Fact]:
    for code, sums in tallies().items():
        numbers: dict[str, Number | None] = {
            "discharges": sums.submitted,
            "weighted_cases": sums.weighted_cases,
            "total_weight": sums.total_weight,
            "stay_days": sums.stay_days,
            "cost_fen": sums.cost_fen,
        }
        for key, value in numbers.items():
            yield Fact(code, MONTH, key, value, "case", sums.submitted)


def referral_facts() -> Iterator[Fact]:
    for member in GIVEN["members"]:
        code = member["code"]
        received = [one for one in logged() if one["target"] == code]
        counts = {
            "up_effective_sent": [one for one in effective("up") if one["origin"] == code],
            "down_effective_sent": [one for one in effective("down") if one["origin"] == code],
            "down_effective_received": [one for one in effective("down") if one["target"] == code],
            "referrals_received": received,
            "referrals_accepted_in_time": [
                one for one in received if one["answer"] == "accepted" and one["in_time"]
            ],
        }
        for key, rows in counts.items():
            yield Fact(code, MONTH, key, len(rows), "referral", len(rows))


def arrived(direction: str) -> list[dict[str, Any]]:
    """Referrals of a direction that arrived in the month."""
    return [
        one
        for one in GIVEN["referrals"]
        if one["direction"] == direction and "arrived" in one and MONTH.contains(one["arrived"].date())
    ]


def effective(direction: str) -> list[dict[str, Any]]:
    """Those of them that count: not the ineffective ones."""
    return [one for one in arrived(direction) if "ineffective" not in one]


def logged() -> list[dict[str, Any]]:
    """Referrals submitted in the month."""
    return [one for one in GIVEN["referrals"] if MONTH.contains(one["logged"].date())]


def declared_facts() -> Iterator[Fact]:
    for member in GIVEN["members"]:
        yield Fact(member["code"], MONTH, "served_population", member["served_population"], "institution", 1)
    for row in GIVEN["declared"]:
        for key in ("cost_fen", "discharges"):
            yield Fact(row["institution"], Month.parse(row["month"]), key, row[key], "declaration", 1)


def month_inputs() -> MonthInputs:
    """The whole month, ready to settle."""
    members = GIVEN["members"]
    return MonthInputs(
        month=MONTH,
        indicators=tuple(shipped_indicators().values()),
        scheme=read_scheme((FOLDER / "scheme.toml").read_text(encoding="utf-8")),
        members=tuple(Member(one["code"], one["role"], one["kind"]) for one in members),
        bases=tuple(basis_of(one) for one in members),
        pool=Pool(GIVEN["pool"]["fen"], GIVEN["pool"]["source"]),
        facts=(*case_facts(), *referral_facts(), *declared_facts()),
    )


def basis_of(member: dict[str, Any]) -> Basis:
    basis = member["basis"]
    return Basis(member["code"], basis["fen"], date.fromisoformat(basis["effective_from"]), basis["source"])


def number(value: object) -> Number | None:
    """A number of expected.toml: text is a decimal, nothing is nothing."""
    return Decimal(value) if isinstance(value, str) else value if isinstance(value, int) else None
