"""The shared cases of surplus, transfers and funds, as the tests of each room read them."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache

from tests.shared import SHARED, shared

# Kinds worked out from stored records, each by the room that owns them; the others by the engine alone.
STORED = ("down_transfer", "training")


@cache
def rows(name: str) -> list[dict[str, str]]:
    """The rows of input or expected."""
    with shared(f"oracles/surplus/{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cases_of(kind: str) -> list[dict[str, str]]:
    """The cases of a kind; none where the reference data is absent."""
    if not (SHARED / "oracles/surplus/input.csv").exists():
        return []
    return [row for row in rows("input") if row["kind"] == kind]


def expected_of(case: str) -> dict[str, str]:
    """Line and value of a case."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows("expected"):
        found[row["case_id"]][row["line"]] = row["value"]
    return found[case]
