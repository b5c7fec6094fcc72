"""What institutions owe each other up to a month, from uses, rules and running costs; stores nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.utils.translation import gettext as _

from alliance.equipment.engine import split
from alliance.equipment.models import ClearedUse, Clearing, ClearingLine, CostItem, Device, SplitRule, Usage
from alliance.lib.canonical import digest
from alliance.lib.money import Fen
from alliance.lib.period import Month
from alliance.models import Institution
from alliance.services import parameters

SPLIT = "equipment.split"


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of a device in a month as a line keeps it (see `rule_words`), and shares of the fee; None: by
    hours.
    """

    told: str
    shares: split.Shares | None


@dataclass(frozen=True, slots=True)
class Owed:
    """A line with the device and month it belongs to and its rule."""

    line: split.Line
    device_id: int
    month: Month
    rule: str


@dataclass(frozen=True, slots=True)
class Settled:
    """Everything a clearing holds: lines, uses settled with it, uses whose money goes back."""

    owed: tuple[Owed, ...]
    uses: tuple[int, ...]
    taken_back: tuple[int, ...]

    @property
    def nets(self) -> list[split.Net]:
        """What is left between each two institutions."""
        return split.net(one.line for one in self.owed)

    def digest(self) -> str:
        """SHA-256 over all of it: it changes with every use, rule and cost that matters."""
        lines = [
            [
                one.device_id, str(one.month), one.rule, one.line.kind, one.line.payer, one.line.payee,
                one.line.fen, dict(one.line.numbers), list(one.line.uses),
            ]
            for one in self.owed
        ]  # fmt: skip
        return digest({"lines": lines, "uses": list(self.uses), "taken_back": list(self.taken_back)})


def compute(month: Month, *, but: Clearing | None = None) -> Settled:
    """What is owed for uses up to the month that no clearing has settled yet; `but`: a draft that counts not.

    A use that comes late stands under its own month; a month settled by hours before is computed again and
    the difference is owed. The number of queries does not grow with uses, devices or institutions.
    """
    fresh, gone = _unsettled(month, but), _taken_back(month, but)
    books = _Books.of([*fresh, *gone])
    owed: list[Owed] = []
    for device_id, about in sorted({(use.device_id, Month.of(use.month)) for use in [*fresh, *gone]}):
        owed += books.due(device_id, about, fresh, gone)
    return Settled(tuple(owed), tuple(sorted(use.pk for use in fresh)), tuple(sorted(use.pk for use in gone)))


def _unsettled(month: Month, but: Clearing | None) -> list[Usage]:
    settled = ClearedUse.objects.filter(taken_back=False)
    settled = settled if but is None else settled.exclude(clearing=but)
    rows = Usage.objects.counted().filter(month__lte=month.first_day)
    return list(rows.exclude(pk__in=settled.values("use")).order_by("started_at", "pk"))


def _taken_back(month: Month, but: Clearing | None) -> list[Usage]:
    marks = ClearedUse.objects.all() if but is None else ClearedUse.objects.exclude(clearing=but)
    settled = marks.filter(taken_back=False, clearing__state=Clearing.State.POSTED).values("use")
    rows = Usage.objects.filter(state=Usage.State.VOID, month__lte=month.first_day, pk__in=settled)
    return list(rows.exclude(pk__in=marks.filter(taken_back=True).values("use")).order_by("pk"))


class _Books:
    """Rules, costs, codes and what was settled before, read once for the devices concerned."""

    def __init__(self, devices: Mapping[int, Device], months: Sequence[date]) -> None:
        self.devices = devices
        self.codes = dict(Institution.objects.values_list("pk", "code"))
        self.rules = list(SplitRule.objects.order_by("from_date"))
        self.costs = list(CostItem.objects.filter(device__in=devices).order_by("from_date"))
        self.standards: dict[date, Rule] = {}
        self.counted: dict[tuple[int, date], list[Usage]] = {}
        for use in Usage.objects.counted().filter(device__in=devices, month__in=months).order_by("pk"):
            self.counted.setdefault((use.device_id, use.month), []).append(use)
        self.before: dict[tuple[int, date], list[split.Line]] = {}
        posted = ClearingLine.objects.filter(
            device__in=devices, about_month__in=months, clearing__state=Clearing.State.POSTED
        )
        for line in posted.order_by("pk"):
            self.before.setdefault((line.device_id, line.about_month), []).append(self._line(line))

    @classmethod
    def of(cls, uses: Sequence[Usage]) -> _Books:
        devices = Device.objects.in_bulk({use.device_id for use in uses})
        return cls(devices, sorted({use.month for use in uses}))

    def due(self, device_id: int, month: Month, fresh: Iterable[Usage], gone: Iterable[Usage]) -> list[Owed]:
        """The lines of a device and month, by its rule at the end of the month."""
        device, rule = self.devices[device_id], self.rule(self.devices[device_id], month.last_day)
        here = (device_id, month.first_day)
        if rule.shares is None:
            now = split.hour_lines(
                [self._use(use) for use in self.counted.get(here, ())], self.month_costs(device, month)
            )
            lines = split.less(now, self.before.get(here, ()))
        else:
            mine = [use for use in fresh if (use.device_id, use.month) == here]
            lines = [line for use in mine for line in split.fee_lines(self._use(use), rule.shares)]
            ids = {use.pk for use in gone if (use.device_id, use.month) == here}
            lines += [split.back(line) for line in self.before.get(here, ()) if set(line.uses) & ids]
        return [Owed(line, device_id, month, rule.told) for line in lines]

    def rule(self, device: Device, day: date) -> Rule:
        """The rule in force for a device: its own, else that of its kind, else of all, else the parameter."""
        found = None
        for wanted in ((None, ""), (None, device.kind), (device.pk, "")):
            rows = [one for one in self.rules if (one.device_id, one.kind) == wanted and one.from_date <= day]
            found = rows[-1] if rows else found
        if found is not None:
            return rule_of(found)
        if day not in self.standards:
            self.standards[day] = standard(day)
        return self.standards[day]

    def month_costs(self, device: Device, month: Month) -> split.Costs:
        """Depreciation and running costs of a device in a month, as they hold at its end."""
        held: dict[tuple[str, str], Fen] = {}
        for cost in self.costs:
            if cost.device_id == device.pk and cost.from_date <= month.last_day:
                held[cost.per, cost.kind] = cost.fen
        reading = held.pop((CostItem.Per.USE, CostItem.Kind.READING), 0)
        monthly = {kind: fen for (per, kind), fen in held.items() if per == CostItem.Per.MONTH}
        monthly["depreciation"] = self._depreciation(device, month)
        return split.Costs(
            monthly,
            {kind: fen for (per, kind), fen in held.items() if per == CostItem.Per.HOUR},
            {kind: fen for (per, kind), fen in held.items() if per == CostItem.Per.USE},
            reading,
        )

    def _depreciation(self, device: Device, month: Month) -> Fen:
        if device.depreciation == Device.Depreciation.STRAIGHT:
            return split.straight_line(device.cost_fen, device.life_months, Month.of(device.bought_on), month)
        used = self.counted.get((device.pk, month.first_day), ())
        return split.by_work(device.cost_fen, device.life_hours or 1, sum(use.minutes for use in used))

    def _use(self, use: Usage) -> split.Use:
        return split.Use(
            use.pk, self.codes[use.owner_id], self.codes[use.institution_id],
            self.codes[use.reader_id] if use.reader_id else "", self.codes[use.collected_by_id],
            use.minutes, use.fee_fen,
        )  # fmt: skip

    def _line(self, line: ClearingLine) -> split.Line:
        codes = self.codes[line.payer_id], self.codes[line.payee_id]
        return split.Line(line.kind, *codes, line.fen, line.numbers, tuple(line.uses))


def rule_of(row: SplitRule) -> Rule:
    """A stored rule as a line keeps it, and its shares."""
    told = "|".join((row.method, row.from_date.isoformat(), row.decided_by))
    if row.method == SplitRule.Method.HOURS:
        return Rule(told, None)
    return Rule(told, split.Shares(row.owner_percent, row.user_percent, row.reader_percent))


def standard(day: date) -> Rule:
    """The alliance's rule where no other holds: the parameter `equipment.split`."""
    table = cast(Mapping[str, Any], parameters.in_force(SPLIT, on=day))
    shares = split.Shares(*(Decimal(table[name]) for name in ("owner", "user", "reader")))
    return Rule(f"parameter|{SPLIT}", shares)


def rule_words(told: str) -> str:
    """The rule a line keeps, in the language of its reader; one kept in words before is shown as it is."""
    method, _bar, rest = told.partition("|")
    if method in SplitRule.Method.values and rest:
        day, _bar, who = rest.partition("|")
        said = {"method": SplitRule.Method(method).label, "day": day, "who": who}
        return _("%(method)s, from %(day)s, decided by %(who)s") % said
    return _("shares of the fee that hold for all devices of the alliance") if SPLIT in told else told


def shares_on(device: Device, day: date) -> split.Shares | None:
    """The shares of a device's fee on a day; None where its cost is divided by hours."""
    return _Books({device.pk: device}, []).rule(device, day).shares
