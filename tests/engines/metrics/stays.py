"""The stays and referrals of the readmission results, read where they lie."""

from __future__ import annotations

import csv
from datetime import datetime
from functools import cache

from grouping.engine.readmission import Book, Link, Rules, Stay
from tests.shared import shared

FOLDER = "oracles/readmission"
ACCEPTED = {"accepted", "scheduled", "arrived", "in-treatment", "completed", "follow-up-due", "closed"}


def rows(name: str) -> list[dict[str, str]]:
    with shared(f"{FOLDER}/{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> int | None:
    return int(text) if text else None


@cache
def places() -> dict[str, str]:
    """Institutions by name."""
    return {row["name"]: row["code"] for row in rows("institutions")}


def stay(row: dict[str, str]) -> Stay:
    person = ("id", row["id_hash"]) if row["id_hash"] else ("name", row["name_hash"], row["A13"], row["A12C"])
    return Stay(
        id=row["stay_id"],
        person=person,
        institution=row["A01"],
        key=(row["A01"], row["A48"], row["A49"]),
        admitted=datetime.fromisoformat(row["B12"]),
        discharged=datetime.fromisoformat(row["B15"]),
        way=int(row["B34C"]),
        diagnosis=row["C03C"],
        adrg=row["adrg"],
        receiver=places().get(row["B35"], ""),
        plan=number(row["B36C"]),
        age=int(row["A14"]),
        age_days=number(row["A16"]),
        emergency=row["emergency_critical"] == "1",
    )


def book(readmit_days: int) -> Book:
    links = [
        Link(row["direction"], row["from_institution"], row["to_institution"], row["from_stay"],
             row["admission_stay"])
        for row in rows("referrals")
        if row["state"] in ACCEPTED
    ]  # fmt: skip
    primary = frozenset(row["code"] for row in rows("institutions") if row["level"] == "primary")
    return Book([stay(row) for row in rows("input")], links, primary, Rules(readmit_days=readmit_days))
