"""What must hold between dictionary, fact book and register of parameters; every fault by name.

S0-10 (whole entries), S0-15 (no automatic figure from entered numbers), X7 (what was merged is named).
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from performance.engine.dictionary import Entry, circles
from performance.engine.factbook import BookedFact

COUNTED = frozenset({"count", "times", "persons"})
# What a value in a unit counts above the line; where it is not named, anything may stand there.
ABOVE: Mapping[str, Set[str]] = {
    "yuan": {"fen"}, "days": {"days"}, "minutes": {"minutes"}, "points": {"points"}, "ddd": {"ddd"},
    "tce": {"tce"}, "years": {"years"}, "grade": {"grade"}, "weight": {"weight"}, "count": COUNTED,
    "per_100": COUNTED, "per_1000": COUNTED, "per_10000": COUNTED, "per_100000": COUNTED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: code, the entry, what it is about."""

    code: str
    entry: str
    about: str = ""


def faults(
    entries: Mapping[str, Entry], book: Mapping[str, BookedFact], parameters: Set[str]
) -> tuple[Fault, ...]:
    """All faults of a dictionary, empty when it is sound.

    unknown_fact, unit, origin, level, unknown_entry, unknown_parameter, repeated_source, half_exclusion,
    evidence, text (a name or definition is empty), circle.
    """
    found = [fault for entry in entries.values() for fault in _of(entry, entries, book, parameters)]
    found += [Fault("circle", way[0], " ".join(way)) for way in circles(entries)]
    return tuple(found)


def _of(
    entry: Entry, entries: Mapping[str, Entry], book: Mapping[str, BookedFact], parameters: Set[str]
) -> Iterator[Fault]:
    unknown = [key for key in entry.facts if key not in book]
    yield from (Fault("unknown_fact", entry.code, key) for key in unknown)
    if not unknown:
        yield from _facts(entry, book)
    yield from (Fault("unknown_entry", entry.code, one) for one in entry.based_on if one not in entries)
    if entry.target and entry.target not in parameters:
        yield Fault("unknown_parameter", entry.code, entry.target)
    yield from _texts(entry)


def _facts(entry: Entry, book: Mapping[str, BookedFact]) -> Iterator[Fault]:
    facts = [book[key] for key in entry.facts]
    origins = {fact.origin for fact in facts}
    right = "declared" if "declared" in origins else "automatic" if origins == {"automatic"} else "imported"
    if entry.origin != right:
        yield Fault("origin", entry.code, right)
    for level in entry.levels:
        if missing := [fact.key for fact in facts if level not in fact.levels]:
            yield Fault("level", entry.code, f"{level} {missing[0]}")
    if problem := units(entry, book):
        yield Fault("unit", entry.code, problem)


def units(entry: Entry, book: Mapping[str, BookedFact]) -> str:
    """What does not fit between the units of the facts and that of the value; empty when all fits."""
    indicator = entry.indicator
    above = {book[key].unit for key in indicator.numerator}
    below = {book[key].unit for key in indicator.denominator}
    if _mixed(above) or _mixed(below):
        return "a sum of different units"
    if indicator.form == "change":
        return "" if indicator.unit == "percent" else "a change is in percent"
    if indicator.unit == "percent":
        return "" if above == below else f"{min(above)} by {min(below, default='nothing')}"
    if wanted := ABOVE.get(indicator.unit):
        return "" if above <= wanted and not (above & below - COUNTED) else f"{min(above)} above the line"
    return "" if ("fen" in above) == ("fen" in below) else "money by what is no money"


def _mixed(units_of_a_sum: Set[str]) -> bool:
    return len(units_of_a_sum) > 1


def _texts(entry: Entry) -> Iterator[Fault]:
    indicator = entry.indicator
    both = (indicator.name_zh, indicator.name_en, indicator.definition_zh, indicator.definition_en)
    if not all(both):
        yield Fault("text", entry.code)
    if bool(entry.exclusions_zh) != bool(entry.exclusions_en):
        yield Fault("half_exclusion", entry.code)
    if (entry.origin == "declared") != bool(entry.evidence_zh and entry.evidence_en):
        yield Fault("evidence", entry.code)
    if len(set(entry.origins)) != len(entry.origins) or not entry.sources:
        yield Fault("repeated_source", entry.code)
    if not (entry.levels and len(set(entry.levels)) == len(entry.levels)):
        yield Fault("level", entry.code, "none or twice")
