"""scheme.toml: the head of a scheme package (FORMAT section 2)."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from grouping.engine.problems import Problem
from grouping.engine.rows import Head

FILE = "scheme.toml"


def read_head(data: bytes, problems: list[Problem]) -> Head | None:
    """Read scheme.toml; everything wrong is added to `problems`, and then None comes back.

    region, source and weight_source describe and may be left out; so may effective_from, which is then
    1 January of the year.
    """
    try:
        values = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        problems.append(_unreadable(error))
        return None
    reader = _Values(values, problems)
    before = len(problems)
    head = _head(reader)
    return head if len(problems) == before else None


def _unreadable(error: Exception) -> Problem:
    """Where the text ceases to be TOML, when the reader says so: its own words are English."""
    place = re.search(r"at line (\d+), column (\d+)", str(error))
    if place is None:
        return Problem(FILE, None, "", "", "toml_whole")
    return Problem(FILE, None, "", "", "toml", {"row": int(place[1]), "at": int(place[2])})


def _head(values: "_Values") -> Head:
    form = values.integer("format")
    if form != 1:
        values.problem("format", "format")
    code = values.text("code")
    if not re.fullmatch(r"[a-z0-9_]+", code):
        values.problem("code", "code")
    year = values.integer("year")
    if not 1 <= year <= 9999:
        values.problem("year", "year")
        year = 1
    return Head(
        format=form,
        code=code,
        name=values.text("name"),
        version=values.text("version"),
        year=year,
        region=values.text("region", default=""),
        source=values.text("source", default=""),
        effective_from=values.day("effective_from", default=date(year, 1, 1)),
        mdc_order=values.texts("mdc_order"),
        retry_other_procedures=values.boolean("retry_other_procedures"),
        ungroupable=values.text("ungroupable"),
        weight_unit=values.text("weight_unit", may_be_empty=True),
        weight_source=values.text("weight_source", default=""),
    )


@dataclass(slots=True)
class _Values:
    values: Mapping[str, object]
    problems: list[Problem]

    def problem(self, key: str, kind: str) -> None:
        text = str(self.values.get(key, ""))
        if not any(problem.file == FILE and problem.column == key for problem in self.problems):
            self.problems.append(Problem(FILE, None, key, text, kind))

    def text(self, key: str, *, default: str | None = None, may_be_empty: bool = False) -> str:
        value = self.values.get(key, default)
        if isinstance(value, str) and (value.strip() or may_be_empty or default is not None):
            return value.strip()
        self.problem(key, "needs_text")
        return ""

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key)
        if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
            return tuple(item.strip() for item in value)
        self.problem(key, "needs_texts")
        return ()

    def integer(self, key: str) -> int:
        value = self.values.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.problem(key, "needs_integer")
        return 0

    def boolean(self, key: str) -> bool:
        value = self.values.get(key)
        if isinstance(value, bool):
            return value
        self.problem(key, "needs_boolean")
        return False

    def day(self, key: str, *, default: date) -> date:
        value = self.values.get(key, default)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.problem(key, "needs_day")
        return default
