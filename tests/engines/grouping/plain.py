"""A second reading of FORMAT sections 3 to 5, sharing no line with the engine: rules become Python's own.

A rule differs from a Python expression only in `in LIST`; a missing number becomes NaN, which compares false
with everything. So the language itself evaluates the rules; what two such different ways agree on is right.
"""

import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

Row = dict[str, str]
Placed = tuple[str, str, str]
FIELDS = ("sex", "age", "age_days", "weight", "los", "icu_hours")
MISSING = float("nan")
_IN_LIST = re.compile(r"\b(\w+) in ([A-Za-z][\w.]*)")


def python(rule: str) -> str:
    """The rule as a Python expression: `principal in MDCB` becomes `meets(principal, 'MDCB')`."""
    return _IN_LIST.sub(r"meets(\1, '\2')", rule)


class Plain:
    """A scheme package as rows of text, and the way through it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.head = tomllib.loads((folder / "scheme.toml").read_text(encoding="utf-8"))
        self.mdcs = {row["mdc"]: row for row in self.table("mdc.csv")}
        self.adrgs = self._by("adrg.csv", "mdc")
        self.drgs = self._by("drg.csv", "adrg")
        self.lists: defaultdict[str, list[str]] = defaultdict(list)
        for row in self.table("lists.csv"):
            self.lists[row["list"]].append(row["code"])
        self.levels = self.table("cc.csv")
        self.excluded = {row["principal"]: row["exclusion_group"] for row in self.table("exclusion.csv")}
        self.sites = {row["code"]: row["site"] for row in self.table("sites.csv")}
        self._ready: dict[str, CodeType] = {}

    def table(self, name: str) -> list[Row]:
        """The rows of one file of the package."""
        with (self.folder / name).open(encoding="utf-8-sig", newline="") as lines:
            return list(csv.DictReader(lines))

    def _by(self, name: str, key: str) -> defaultdict[str, list[Row]]:
        found: defaultdict[str, list[Row]] = defaultdict(list)
        for row in sorted(self.table(name), key=lambda row: int(row["seq"])):
            found[row[key]].append(row)
        return found

    def rows(self) -> Iterator[tuple[Row, Row, Row | None]]:
        """Every way through the package in the order tried: MDC, ADRG, DRG (None for an ADRG without one)."""
        for mdc in self.head["mdc_order"]:
            for adrg in self.adrgs[mdc]:
                drgs: list[Row | None] = [*self.drgs[adrg["adrg"]]]
                for drg in drgs or [None]:
                    yield self.mdcs[mdc], adrg, drg

    def place(self, case: Row) -> Placed:
        """MDC, ADRG and DRG of a case given as a row of an oracle file."""
        words = self.words(case)
        for mdc in self.head["mdc_order"]:
            for adrg in self.adrgs[mdc] if self.holds(self.mdcs[mdc]["rule"], words) else ():
                if not self.holds(adrg["rule"], words):
                    continue
                for drg in self.drgs[adrg["adrg"]]:
                    if self.holds(drg["rule"], words):
                        return mdc, adrg["adrg"], drg["drg"]
                if adrg["when_no_drg"] == "adrg":
                    return mdc, adrg["adrg"], adrg["adrg"]
        return "", "", self.head["ungroupable"]

    def holds(self, rule: str, words: dict[str, object]) -> bool:
        """Whether a rule holds for the words of a case."""
        if rule not in self._ready:
            self._ready[rule] = compile(python(rule), rule, "eval")
        return bool(eval(self._ready[rule], {"__builtins__": {}}, words))

    def words(self, case: Row) -> dict[str, object]:
        """What the words of a rule mean for a case."""
        diagnoses, procedures = split(case["diagnoses"]), split(case["procedures"])
        words: dict[str, object] = {name: number(case[name]) for name in FIELDS}
        if words["weight"] == 0:
            words["weight"] = MISSING
        levels = self.counting(diagnoses)
        return words | {
            "meets": lambda codes, name: any(code in self.lists[name] for code in codes),
            "principal": diagnoses[:1],
            "secondary": diagnoses[1:],
            "any_diagnosis": diagnoses,
            "main_procedure": procedures[:1],
            "other_procedure": procedures[1:],
            "any_procedure": procedures,
            "trauma_sites": len({self.sites[code] for code in diagnoses if code in self.sites}),
            "department": case["department"],
            "discharge": number(case["discharge"]),
            "mcc": "MCC" in levels,
            "cc": "CC" in levels,
            "has_weight": words["weight"] == words["weight"],
            "no_procedure": not procedures,
            "true": True,
            "false": False,
        }

    def counting(self, diagnoses: list[str]) -> set[str]:
        """The levels that count beside this principal diagnosis (FORMAT 4)."""
        group = self.excluded.get(diagnoses[0]) if diagnoses else None
        return {
            row["level"]
            for row in self.levels
            if row["code"] in diagnoses[1:] and row["exclusion_group"] != group
        }


def split(text: str) -> list[str]:
    """The codes of a cell."""
    return text.split("|") if text else []


def number(text: str) -> float:
    """The number of a cell; nothing is NaN."""
    return float(text) if text else MISSING
