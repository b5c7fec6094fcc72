"""What institutions declare and committees decide: completeness, last year's totals, pay bases, pools."""

from collections import defaultdict
from datetime import date

from alliance.demo.books import Declaration, LastYear, MonthCount, PayBase, Pool
from alliance.demo.chance import stream
from alliance.demo.plans import MONTHS
from alliance.demo.values import Place, Stay, Worker
from alliance.lib.period import Month

# Discharges whose records were not finished when the file was made: declared, not delivered.
UNFINISHED = {
    ("lanchuan", "A01", Month(2026, 8)): 4,
    ("lanchuan", "A01", Month(2026, 9)): 2,
    ("lanchuan", "A01", Month(2026, 10)): 5,
    ("jiangzhou", "A01", Month(2026, 9)): 3,
    ("jiangzhou", "A01", Month(2026, 10)): 2,
}
# The performance-pay bases of a month together, and the part of them that the collaboration bonus fund is.
_BASES = {
    "lanchuan": {8: 8_464_000_00, 9: 8_512_000_00, 10: 8_576_000_00},
    "jiangzhou": {8: 16_420_000_00, 9: 16_500_000_00, 10: 16_650_000_00},
}
_POOL_PERCENT = 15
_DECIDED = {
    "lanchuan": "岚川县医共体理事会 2026 年第 3 次会议纪要",
    "jiangzhou": "江州市城市医疗集团管委会 2026 年第 5 次会议纪要",
}
_WEIGHT = {"doctor": 130, "technician": 100, "nurse": 95, "administrator": 85}
_A_BED = {"tertiary": 44, "secondary": 36, "primary": 13}


def count(places: tuple[Place, ...], stays: list[Stay]) -> tuple[MonthCount, ...]:
    """Discharges, cost and days of stay per institution and month."""
    found: defaultdict[tuple[Month, str], list[Stay]] = defaultdict(list)
    for stay in stays:
        found[stay.month, stay.institution.code].append(stay)
    return tuple(
        MonthCount(place.code, month, len(own), sum(s.total for s in own), sum(s.days for s in own))
        for month in MONTHS
        for place in places
        if (own := found[month, place.code])
    )


def declarations(alliance: str, counts: tuple[MonthCount, ...]) -> tuple[Declaration, ...]:
    """What each institution declares: all its discharges, the unfinished ones included at its mean charge."""
    found = []
    for truth in counts:
        more = UNFINISHED.get((alliance, truth.institution, truth.month), 0)
        charges = truth.cost + truth.cost * more // truth.discharges
        found.append(Declaration(truth.institution, truth.month, truth.discharges + more, charges))
    return tuple(found)


def last_year(alliance: str, counts: tuple[MonthCount, ...]) -> tuple[LastYear, ...]:
    """The same months of 2025 as the institutions declared them, from the year's closed books."""
    found = []
    for truth in counts:
        dice = stream(alliance, "last year", truth.institution, truth.month)
        discharges = max(1, truth.discharges * dice.randint(930, 1040) // 1000)
        mean = truth.cost // truth.discharges * dice.randint(930, 1060) // 1000
        source = f"{truth.month.year - 1} 年度卫生健康统计年报"
        month = truth.month.same_last_year()
        found.append(
            LastYear(truth.institution, month, discharges, discharges * mean, date(2026, 2, 26), source)
        )
    return tuple(found)


def pay_bases(alliance: str, places: tuple[Place, ...], staff: tuple[Worker, ...]) -> tuple[PayBase, ...]:
    """The performance-pay base of each member but the village rooms, in whole yuan; rest to the lead."""
    points = _points(places, staff)
    found = []
    for month in MONTHS:
        whole = _BASES[alliance][month.number]
        bases = {code: whole * own // sum(points.values()) // 100 * 100 for code, own in points.items()}
        lead = next(place.code for place in places if place.role == "lead")
        bases[lead] += whole - sum(bases.values())
        found += [
            PayBase(code, month, fen, date(2026, 7, 24), _DECIDED[alliance]) for code, fen in bases.items()
        ]
    return tuple(found)


def _points(places: tuple[Place, ...], staff: tuple[Worker, ...]) -> dict[str, int]:
    """Staff by kind, and beds: the staff listed is a part of a hospital's, its beds tell how large it is."""
    points = {place.code: _A_BED[place.level] * place.beds for place in places if place.kind != "village"}
    for worker in staff:
        if worker.institution in points:
            points[worker.institution] += _WEIGHT[worker.kind]
    return points


def pools(alliance: str) -> tuple[Pool, ...]:
    """The collaboration bonus fund of each month: a percentage of the pay bases."""
    source = f"绩效工资基数合计 × {_POOL_PERCENT}%；{_DECIDED[alliance]}"
    return tuple(
        Pool(month, _BASES[alliance][month.number] * _POOL_PERCENT // 100, date(2026, 7, 24), source)
        for month in MONTHS
    )
