"""Checklists of on-site assessment (现场考核): what is asked, what was found, how many points remain.

Practice 5; S3-11, S3-12, S3-15. Points are Decimal; what nobody answered has None, never 0.
"""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Literal

from alliance.lib.refusal import Refused
from performance.engine.restore import restore

FOLDER = Path(__file__).resolve().parents[1] / "data" / "checklists"
Rule = Literal["each", "all", "steps", "rate"]
Drawn = Literal["", "chart", "room", "resident"]
Measure = Literal[
    "core_system", "plan", "guideline", "homogeneity", "infection", "nursing"
]  # fmt: skip
Outcome = Literal["met", "deducted", "absent"]
FULL = Decimal(100)
PLACES = Decimal("0.0001")
OTHER = "其他"  # a reason that asks for a note


class ChecklistRefused(Refused):
    """A checklist, or an answer to it, that cannot stand; `item` names where."""

    reasons = {
        "sum": "The full points add up to %(sum)s, not to 100.",
        "codes": "The code %(item)s stands twice.",
        "empty": "A checklist has at least one section with one item.",
        "full": "%(item)s: full points lie above 0.",
        "each": "%(item)s: say how many points a finding costs.",
        "steps": "%(item)s: steps rise, by findings and by points, and cost no more than the full points.",
        "rate": "%(item)s: a deduction by rate needs a sample.",
        "zero": "%(item)s: the share below which nothing is left lies between 0 and 100.",
        "reasons": "%(item)s: list at least one reason for a deduction.",
        "size": "%(item)s draws a sample; say how many are drawn.",
        "cap": "The cap of critical items lies between 0 and 100.",
        "unknown": "%(item)s is no item of this checklist.",
        "finding": "%(item)s: choose a reason for the deduction, or mark the item as met.",
        "reason": "%(item)s: “%(text)s” is no reason of this item.",
        "count": "%(item)s: findings are counted from 1 to 999.",
        "note": "%(item)s: write down what was found.",
        "units": "%(item)s: tick those of the sample in which it was found.",
        "drawn": "%(item)s: “%(unit)s” is not in the sample.",
        "quiet": "%(item)s: an item that is met has no findings. Mark it as deducted, or take them away.",
    }


@dataclass(frozen=True, slots=True)
class Step:
    """From so many findings on, so many points are lost."""

    findings: int
    points: Decimal


@dataclass(frozen=True)
class Item:
    """One line: what is asked, by which standard, full points, how findings cost points.

    rule: `each` point a finding; `all` or nothing; by `steps`; by `rate` of the sample that fails, nothing
    left where fewer than `zero_below` percent hold. `sample`: what is drawn for it. `measures`: the
    indicators it serves. `critical`: at 0 points the whole is capped.
    """

    code: str
    text: str
    full: Decimal
    rule: Rule
    standard: str = ""
    each: Decimal = Decimal(0)
    steps: tuple[Step, ...] = ()
    zero_below: Decimal = Decimal(0)
    evidence: str = ""
    reasons: tuple[str, ...] = ()
    sample: Drawn = ""
    measures: tuple[Measure, ...] = ()
    critical: bool = False

    @property
    def offered(self) -> tuple[str, ...]:
        """The reasons to choose from; the last one asks for a note."""
        return (*self.reasons, OTHER)


@dataclass(frozen=True)
class Section:
    """Items under one heading."""

    code: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Checklist:
    """A whole table of assessment (考核表).

    What does not apply (absent): `whole` spreads its points over all that was assessed, `section` over its
    own section first, `exclude` leaves the full points smaller. `chart`, `room`, `resident`: how many of each
    are drawn. `critical_cap`: most percent when a critical item has nothing left.
    """

    name: str
    sections: tuple[Section, ...]
    absent: Literal["whole", "section", "exclude"] = "whole"
    critical_cap: Decimal | None = None
    chart: int = 0
    room: int = 0
    resident: int = 0

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """The items by code, in order."""
        return {item.code: item for section in self.sections for item in section.items}

    @property
    def full(self) -> Decimal:
        """All full points."""
        return sum((item.full for item in self.items.values()), Decimal(0))

    def size(self, kind: Drawn) -> int:
        """How many of a kind are drawn."""
        return {"": 0, "chart": self.chart, "room": self.room, "resident": self.resident}[kind]

    @property
    def drawn(self) -> tuple[Drawn, ...]:
        """The kinds of sample its items ask for."""
        asked = {item.sample for item in self.items.values()}
        kinds: tuple[Drawn, ...] = ("chart", "room", "resident")
        return tuple(kind for kind in kinds if kind in asked)


def shipped() -> dict[str, Checklist]:
    """The checklists the product ships with, by code."""
    return {
        path.stem: restore(Checklist, tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*.toml"))
    }


def problems(checklist: Checklist) -> Iterator[ChecklistRefused]:
    """What keeps a checklist from being published."""
    codes = Counter(item.code for section in checklist.sections for item in section.items)
    codes.update(section.code for section in checklist.sections)
    yield from (ChecklistRefused("codes", item=code) for code, n in codes.items() if n > 1)
    if not checklist.items or not all(section.items for section in checklist.sections):
        yield ChecklistRefused("empty")
    if checklist.full != FULL:
        yield ChecklistRefused("sum", sum=checklist.full)
    if checklist.critical_cap is not None and not 0 <= checklist.critical_cap <= FULL:
        yield ChecklistRefused("cap")
    for item in checklist.items.values():
        yield from (ChecklistRefused(reason, item=item.code) for reason in _wrong(item))
        if item.sample and checklist.size(item.sample) < 1:
            yield ChecklistRefused("size", item=item.code)


def _wrong(item: Item) -> Iterator[str]:
    if item.full <= 0:
        yield "full"
    if item.rule == "each" and not 0 < item.each <= item.full:
        yield "each"
    if item.rule == "rate" and not item.sample:
        yield "rate"
    if not 0 <= item.zero_below <= FULL:
        yield "zero"
    if not item.reasons:
        yield "reasons"
    if item.rule == "steps":
        pairs = [(step.findings, step.points) for step in item.steps]
        rising = all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(pairs))
        if not pairs or not rising or pairs[0][0] < 1 or pairs[0][1] <= 0 or pairs[-1][1] > item.full:
            yield "steps"


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason of the list and how often it was found."""

    reason: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Content:
    """What an inspector says of an item; `units`: those of the sample in which something was found."""

    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    units: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `replaces` names those its author had before the eyes."""

    uid: str
    item: str
    content: Content
    replaces: tuple[str, ...] = ()


def check_answer(item: Item, said: Content, drawn: Sequence[str]) -> None:
    """Raise ChecklistRefused (quiet, finding, reason, count, note, units, drawn) for what cannot stand."""
    name = item.code
    if said.outcome != "deducted":
        if said.findings or said.units:
            raise ChecklistRefused("quiet", item=name)
        return
    if not said.findings:
        raise ChecklistRefused("finding", item=name)
    for found in said.findings:
        if found.reason not in item.offered:
            raise ChecklistRefused("reason", item=name, text=found.reason)
        if not 1 <= found.count <= 999:
            raise ChecklistRefused("count", item=name)
    if any(found.reason == OTHER for found in said.findings) and not said.note.strip():
        raise ChecklistRefused("note", item=name)
    if item.rule == "rate" and not said.units:
        raise ChecklistRefused("units", item=name)
    if strange := [unit for unit in said.units if unit not in drawn]:
        raise ChecklistRefused("drawn", item=name, unit=strange[0])


def heads(answers: Iterable[Answer]) -> dict[str, tuple[Answer, ...]]:
    """By item the answers that no other answer replaces, whatever the order in which they came.

    Several with the same content agree; with different contents they are a conflict that the lead decides:
    the last one never wins by itself.
    """
    rows = {answer.uid: answer for answer in answers}
    replaced = {uid for answer in rows.values() for uid in answer.replaces}
    found: dict[str, list[Answer]] = defaultdict(list)
    for answer in sorted(rows.values(), key=lambda one: one.uid):
        if answer.uid not in replaced:
            found[answer.item].append(answer)
    return {item: tuple(standing) for item, standing in found.items()}


def agreed(standing: Sequence[Answer]) -> Answer | None:
    """The answer of an item, or None without one or while they disagree."""
    return standing[0] if standing and len({one.content for one in standing}) == 1 else None


def lost(item: Item, said: Content, drawn: int) -> Decimal | None:
    """Points an answer costs, 0 to full; None where the item does not apply. `drawn`: size of its sample."""
    if said.outcome == "absent":
        return None
    if said.outcome == "met":
        return Decimal(0)
    number = sum(found.count for found in said.findings)
    if item.rule == "all":
        return item.full
    if item.rule == "each":
        return min(item.full, item.each * number)
    if item.rule == "steps":
        return max((step.points for step in item.steps if step.findings <= number), default=Decimal(0))
    return _by_rate(item, _failed(said, drawn), drawn)


def _by_rate(item: Item, failed: int, drawn: int) -> Decimal:
    if not drawn or Decimal(100 * (drawn - failed)) / drawn < item.zero_below:
        return item.full
    return (item.full * failed / drawn).quantize(PLACES, ROUND_HALF_UP)


def _failed(said: Content, drawn: int) -> int:
    """How many of a sample failed; a deduction without a named one failed once."""
    return min(drawn, max(len(set(said.units)), 1))
