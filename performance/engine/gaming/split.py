"""Split admissions (分解住院, R01 of definitions 8): discharged and admitted again within days."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from performance.engine.gaming.finding import Common, Finding, Looked, Number, Record, joined, select, shown
from performance.engine.gaming.statistics import fallen_tail

Groups = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Ward:
    """One department and group: admissions, and those that look split.

    The records tell `days` between the stays and `paid`: the charge of the first stay by the mean of its
    group in the alliance ("" where the group has none).
    """

    place: str
    department: str
    group: str
    admissions: int
    split: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """`least` split ones make a clue; `ratio`: so many times what is expected; `near`: the band of a first
    stay's charge around its group's mean, where a payment by group ends to pay more.
    """

    least: int
    ratio: float
    near: tuple[Decimal, Decimal]


def find(wards: Iterable[Ward], limits: Limits, by: Common) -> Looked:
    """Institutions, then departments of others, with far more split admissions than their groups explain.

    Each group's split admissions are shared out by its admissions: that is what is expected of a place
    (indirect standardisation: a dialysis ward is not compared with an eye ward). The probability is that so
    many of all of them fall here by these shares, exactly; it is the limit of a funnel plot, wide for small
    places and for a place that has most of a group and nobody to be compared with. An effect below `ratio`
    is left alone however certain. Planned chains, transfers, accepted referrals and emergencies are taken out
    before counting (R01, and the list of the alliance).
    """
    rows = list(wards)
    groups = _groups(rows)
    whole = _tested(rows, lambda one: (one.place, ""), groups, limits)
    found = select(whole[0], whole[1], lambda one: _large(one, limits), by)
    named = {one.place for one in found.findings}
    others = [one for one in rows if one.place not in named]
    parts = _tested(others, lambda one: (one.place, one.department), groups, limits)
    return joined([found, select(parts[0], parts[1], lambda one: _large(one, limits), by)])


def _large(one: Finding, limits: Limits) -> bool:
    return float(one.numbers["ratio"]) >= limits.ratio


def _tested(
    rows: list[Ward], key: Callable[[Ward], tuple[str, str]], groups: Groups, limits: Limits
) -> tuple[list[Finding], int]:
    """Every place with enough split admissions, and how many have too few."""
    gathered: dict[tuple[str, str], list[Ward]] = defaultdict(list)
    for one in rows:
        gathered[key(one)].append(one)
    tested, small = [], 0
    for (place, department), own in sorted(gathered.items()):
        split = tuple(record for one in own for record in one.split)
        if len(split) < limits.least:
            small += 1
            continue
        tested.append(_finding(place, department, own, split, groups, limits))
    return tested, small


def _groups(rows: Iterable[Ward]) -> Groups:
    """Admissions and split ones of all, by group."""
    found: dict[str, tuple[int, int]] = {}
    for one in rows:
        admissions, split = found.get(one.group, (0, 0))
        found[one.group] = (admissions + one.admissions, split + len(one.split))
    return found


def _finding(
    place: str, department: str, own: list[Ward], split: tuple[Record, ...], groups: Groups, limits: Limits
) -> Finding:
    mine: Counter[str] = Counter()
    for one in own:
        mine[one.group] += one.admissions
    events = [(groups[group][1], number / groups[group][0]) for group, number in mine.items()]
    expected = sum(number * share for number, share in events)
    near = sum(
        1 for one in split
        if one.told["paid"] != "" and limits.near[0] <= Decimal(str(one.told["paid"])) <= limits.near[1]
    )  # fmt: skip
    numbers: dict[str, Number] = {
        "split": len(split), "admissions": sum(one.admissions for one in own),
        "expected": shown(expected), "ratio": shown(len(split) / expected),
        "near": near,
    }  # fmt: skip
    return Finding(place, numbers, fallen_tail(len(split), events), part=department, records=split)
