"""The fact book: every number an indicator may divide, what it counts, and where it comes from.

Definitions sections 1, 4, 5, 6; S0-10, S0-15 (no figure without its source), S3-33 (captured or entered).
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from performance.engine.restore import ShapeRefused, restore

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "facts.toml"
Origin = Literal["automatic", "imported", "declared"]
Level = Literal["alliance", "institution", "department", "team", "person"]
FactUnit = Literal[
    "count", "times", "persons", "fen", "minutes", "days", "years", "weight", "index", "points", "grade",
    "ddd", "tce",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class BookedFact:
    """One kind of fact. `times` counts services and cases (人次, 例次), `count` things; `fen` is money.

    `room` is the place it comes from: of an automatic one the department whose records are counted, else the
    office that delivers or declares it. `by_office`: it says what others found of an institution, so only the
    alliance's office delivers it, never the institution itself.
    """

    key: str
    name_zh: str
    name_en: str
    unit: FactUnit
    origin: Origin
    room: str
    levels: tuple[Level, ...]
    source: str
    by_office: bool = False


def read_facts(text: str) -> dict[str, BookedFact]:
    """Read the fact book from TOML: tables `[[room]]` with what their `facts` share, by key.

    Raises ShapeRefused for a wrong field or a repeated key.
    """
    book: dict[str, BookedFact] = {}
    for place, room in enumerate(tomllib.loads(text).get("room", [])):
        shared = {name: value for name, value in room.items() if name != "facts"}
        for number, row in enumerate(room.get("facts", [])):
            path = f"$.room[{place}].facts[{number}]"
            fact = restore(BookedFact, {**shared, **row}, path)
            if fact.key in book:
                raise ShapeRefused("form", path=path, problem=f"the key {fact.key} appears twice.")
            book[fact.key] = fact
    return book


def shipped_facts() -> dict[str, BookedFact]:
    """The fact book the product ships with, by key."""
    return read_facts(SHIPPED.read_text(encoding="utf-8"))
