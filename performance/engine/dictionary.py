"""The dictionary of indicators: what each means, where its numbers come from, who answers for it (S0-10).

An entry wraps the engine's `Indicator`, the form that a month freezes, and adds what a reader needs beside
it.
Targets and thresholds are named by the key of a parameter: the numbers are dated data.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from performance.engine.factbook import Level, Origin
from performance.engine.indicators import Indicator, check_form, shipped_indicators
from performance.engine.restore import ShapeRefused, restore

FOLDER = Path(__file__).resolve().parents[1] / "data" / "indicators"
Area = Literal[
    "quality", "efficiency", "fund", "referral", "information", "equipment", "talent", "chronic",
    "satisfaction", "development",
]  # fmt: skip
Owner = Literal[
    "quality", "medical", "records", "insurance", "pharmacy", "infection", "nursing", "finance", "hr",
    "science", "equipment", "information", "referral", "public_health", "family_doctor", "service",
    "performance",
]  # fmt: skip
Frequency = Literal["month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator of the dictionary.

    `sources`: the requirements and definitions it comes from; `twins`: those merged into it because they ask
    for the same number. `based_on`: codes of the entries it is built on or read beside. `evidence`: what a
    declared one is proved by. `target`: key of the parameter that holds target or threshold.
    """

    indicator: Indicator
    area: Area
    origin: Origin
    frequency: Frequency
    owner: Owner
    levels: tuple[Level, ...]
    sources: tuple[str, ...]
    exclusions_zh: str = ""
    exclusions_en: str = ""
    evidence_zh: str = ""
    evidence_en: str = ""
    target: str = ""
    based_on: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()
    version: str = "1"

    @property
    def code(self) -> str:
        """The code of its indicator."""
        return self.indicator.code

    @property
    def facts(self) -> tuple[str, ...]:
        """Keys of the facts it divides, each once."""
        return tuple(dict.fromkeys((*self.indicator.numerator, *self.indicator.denominator)))

    @property
    def origins(self) -> tuple[str, ...]:
        """Every requirement and definition it answers, those merged into it last."""
        return (*self.sources, *self.twins)


OF_INDICATOR = frozenset(field.name for field in fields(Indicator))
OF_ENTRY = frozenset(field.name for field in fields(Entry)) - {"indicator"}


def read_area(text: str, shipped: Mapping[str, Indicator], name: str = "$") -> list[Entry]:
    """Read one file of the dictionary: `area`, tables `[[indicator]]`, and `[[shipped]]` by code.

    A shipped indicator keeps the form a month freezes; only what surrounds it is written here. Raises
    ShapeRefused with the path of the first wrong, unknown or absent field.
    """
    data = tomllib.loads(text)
    found = []
    for number, row in enumerate(data.get("shipped", [])):
        path = f"{name}.shipped[{number}]"
        if row.get("code") not in shipped:
            raise ShapeRefused("form", path=path, problem=f"the product ships no {row.get('code')}.")
        if form := sorted(row.keys() & OF_INDICATOR - {"code"}):
            raise ShapeRefused("unknown", path=path, found=form[0])
        found.append(_entry(data, row, shipped[row["code"]], path))
    for number, row in enumerate(data.get("indicator", [])):
        path = f"{name}.indicator[{number}]"
        found.append(_entry(data, row, _indicator(row, path), path))
    return found


def _indicator(row: Mapping[str, Any], path: str) -> Indicator:
    plain = {name: value for name, value in row.items() if name in OF_INDICATOR}
    indicator = restore(Indicator, {**plain, "source": "; ".join(map(str, row.get("sources", [])))}, path)
    check_form(indicator, path)
    return indicator


def _entry(data: Mapping[str, Any], row: Mapping[str, Any], indicator: Indicator, path: str) -> Entry:
    own = {name: value for name, value in row.items() if name not in OF_INDICATOR}
    return restore(Entry, {"area": data.get("area"), **own, "indicator": indicator}, path)


def read_dictionary(texts: Mapping[str, str], shipped: Mapping[str, Indicator]) -> dict[str, Entry]:
    """Read all files, by code of the indicator. Raises ShapeRefused, also for a code that appears twice."""
    found: dict[str, Entry] = {}
    for name, text in texts.items():
        for entry in read_area(text, shipped, name):
            if entry.code in found:
                raise ShapeRefused("form", path=name, problem=f"the code {entry.code} appears twice.")
            found[entry.code] = entry
    return found


def shipped_dictionary() -> dict[str, Entry]:
    """The dictionary the product ships with, by code, in order of areas."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.toml"))}
    found = read_dictionary(texts, shipped_indicators())
    order = list(Area.__args__)  # type: ignore[attr-defined]
    return dict(sorted(found.items(), key=lambda item: order.index(item[1].area)))


def circles(entries: Mapping[str, Entry]) -> tuple[tuple[str, ...], ...]:
    """Every circle of `based_on`, as the codes along it; empty when the dictionary can be read in order."""
    seen: dict[str, bool] = {}
    found: list[tuple[str, ...]] = []
    for code in entries:
        found.extend(_circles(code, entries, (), seen))
    return tuple(found)


def _circles(
    code: str, entries: Mapping[str, Entry], way: tuple[str, ...], seen: dict[str, bool]
) -> Iterator[tuple[str, ...]]:
    if code in way:
        yield way[way.index(code) :]
        return
    if code in seen or code not in entries:
        return
    for other in entries[code].based_on:
        yield from _circles(other, entries, (*way, code), seen)
    seen[code] = True


def opinions(entries: Mapping[str, Entry]) -> dict[str, tuple[str, str]]:
    """Indicators that are opinions, with the facts a round of evaluation delivers: (points, ratings)."""
    return {
        code: (entry.indicator.numerator[0], entry.indicator.denominator[0])
        for code, entry in entries.items()
        if len(entry.facts) == 2
        and entry.indicator.numerator[0].endswith("_points")
        and entry.indicator.denominator[0].endswith("_ratings")
    }
