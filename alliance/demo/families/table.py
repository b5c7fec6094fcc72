"""The families that are told in one line each: alliance/demo/data/families.txt.

The columns, divided by bars: code; name; principal diagnoses; secondary diagnoses; groups of procedures, each
with its chance per mille, divided by strokes; departments; figures; further words of Family as word=value.
The figures are ages (youngest-usual-oldest), men in per cent, days of stay, yuan and the kind of the bill.
A patient comes back for the same only where treatment goes on: not after an operation, unless returns=yes.
"""

import re
from pathlib import Path
from typing import Any

from alliance.demo.families.common import AGED, COMPLICATIONS, VESSELS
from alliance.demo.family import Family

FILE = Path(__file__).resolve().parents[1] / "data" / "families.txt"
_WORD = re.compile(r"(\w+)=(.*?)(?=\s+\w+=|$)")
_TEXTS = frozenset({"after", "urgency", "pathology", "cause", "grams"})
_LASTING = frozenset({"medical", "rehab", "intensive"})


def read_families() -> tuple[Family, ...]:
    """Every family of the file in its order."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return tuple(_family(line) for line in lines if line and not line.startswith("#"))


def _family(line: str) -> Family:
    code, name, principals, secondary, operations, departments, figures, further = (
        cell.strip() for cell in line.split("|")
    )
    ages, male, stay, cost, profile = figures.split()
    youngest, usual, oldest = (int(age) for age in ages.split("-"))
    return Family(
        code,
        name,
        principals,
        secondary.replace("$V", VESSELS).replace("$A", AGED).replace("$C", COMPLICATIONS),
        tuple(_group(text) for text in operations.split("/") if text.strip()),
        departments,
        ages=(youngest, usual, oldest),
        male=int(male.rstrip("%")),
        stay=int(stay.rstrip("d")),
        cost=int(cost),
        profile=profile,
        **{"returns": profile in _LASTING, **_further(further)},
    )


def _group(text: str) -> tuple[int, str]:
    chance, _, codes = text.strip().partition(" ")
    return int(chance), codes


def _further(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for word, value in _WORD.findall(text):
        found[word] = value == "yes" if word == "returns" else value if word in _TEXTS else int(value)
    return found


TOLD_IN_A_LINE = read_families()
