"""By which method an encounter is paid: what the document says, else the first rule that holds (S4-25).

Pure. The set-based decision over a stored month (grouping.reports.sql) is held equal to `decide` by a test.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from alliance.lib.refusal import Refused

TYPES = ("drg", "dip", "bed_day", "single_disease", "capitation", "fee_for_service")
# Paid by something else than a group's weight: out of scope of DRG and DIP, and no error of coding.
OUT_OF_SCOPE = frozenset({"bed_day", "single_disease", "capitation", "fee_for_service"})
DEFAULTS = Path(__file__).resolve().parent.parent / "data" / "payment_types.toml"
MOST_RULES = 60


class RulesRefused(Refused):
    """A table of rules cannot decide every encounter as it stands; `number` is the rule, from 1."""

    reasons = {
        "none": "There is no rule. The last one names the type of all that no other rule decides.",
        "too_many": "At most %(limit)s rules are read.",
        "type": "Rule %(number)s: “%(text)s” is no type of payment.",
        "stay": "Rule %(number)s: days of stay from %(low)s to %(high)s leave no stay. "
        "Write the smaller first.",
        "code": "Rule %(number)s: “%(text)s” is not the beginning of a code. "
        "Write letters, digits and dots only.",
        "no_condition": "Rule %(number)s has no condition, so no rule behind it is ever asked. "
        "Give it one, or make it the last.",
        "last": "The last rule (%(number)s) has a condition: encounters it does not catch would have no "
        "type. Add a last rule without condition.",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table. Conditions left empty ask nothing; days of stay are inclusive bounds.

    kinds: institution kinds (township, tcm ...); departments, diagnoses: beginnings of the department code
    and of the principal diagnosis.
    """

    type: str
    kinds: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    diagnoses: tuple[str, ...] = ()
    min_stay: int | None = None
    max_stay: int | None = None

    @property
    def has_condition(self) -> bool:
        """Whether the rule asks anything of an encounter."""
        return bool(self.kinds or self.departments or self.diagnoses) or not (
            self.min_stay is None and self.max_stay is None
        )

    def holds(self, encounter: "Encounter") -> bool:
        """Whether every condition holds."""
        return (
            (not self.kinds or encounter.kind in self.kinds)
            and (not self.departments or encounter.department.startswith(self.departments))
            and (not self.diagnoses or encounter.principal.startswith(self.diagnoses))
            and (self.min_stay is None or encounter.stay_days >= self.min_stay)
            and (self.max_stay is None or encounter.stay_days <= self.max_stay)
        )


@dataclass(frozen=True, slots=True)
class Encounter:
    """What the rules ask: kind of institution, department code, principal diagnosis, days of stay, and the
    code of payment of the settlement list ("" where there is none).
    """

    kind: str
    department: str
    principal: str
    stay_days: int
    document_code: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rules in the order they are asked, the meaning of the document's codes, and where both come from;
    `source_en`: the same in English, of the table that ships with the product.
    """

    rules: tuple[Rule, ...]
    codes: Mapping[str, str]
    source: str
    source_en: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """The type and what decided it: `number` of the rule from 1, None for the document."""

    type: str
    number: int | None


def decide(encounter: Encounter, table: Table) -> Decided:
    """The type of one encounter: what the document says where its code is known, else the first rule's."""
    said = table.codes.get(encounter.document_code.lstrip("0"))
    if said is not None:
        return Decided(said, None)
    for number, rule in enumerate(table.rules, 1):
        if rule.holds(encounter):
            return Decided(rule.type, number)
    raise AssertionError("the last rule has no condition")


def checked(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules if they decide every encounter, each of them reachable. Raises RulesRefused."""
    found = tuple(rules)
    if not found:
        raise RulesRefused("none")
    if len(found) > MOST_RULES:
        raise RulesRefused("too_many", limit=MOST_RULES)
    for number, rule in enumerate(found, 1):
        _check(number, rule, last=number == len(found))
    return found


def _check(number: int, rule: Rule, *, last: bool) -> None:
    if rule.type not in TYPES:
        raise RulesRefused("type", number=number, text=rule.type)
    for text in (*rule.departments, *rule.diagnoses):
        if not text.replace(".", "").isalnum() or not text.isascii():
            raise RulesRefused("code", number=number, text=text)
    low, high = rule.min_stay, rule.max_stay
    if (low is not None and low < 0) or (high is not None and high < (low or 0)):
        raise RulesRefused("stay", number=number, low=low or 0, high=high)
    if last and rule.has_condition:
        raise RulesRefused("last", number=number)
    if not last and not rule.has_condition:
        raise RulesRefused("no_condition", number=number)


def rule_of(raw: Mapping[str, Any]) -> Rule:
    """A rule as it stands in TOML or JSON."""
    lists = {name: tuple(raw.get(name, ())) for name in ("kinds", "departments", "diagnoses")}
    return Rule(type=raw["type"], min_stay=raw.get("min_stay"), max_stay=raw.get("max_stay"), **lists)


def plain(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """The rules as JSON."""
    return [
        {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(rule).items()}
        for rule in rules
    ]


def defaults(path: Path = DEFAULTS) -> Table:
    """The table of the data file."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return Table(checked(map(rule_of, raw["rule"])), raw["codes"], raw["source"], raw["source_en"])
