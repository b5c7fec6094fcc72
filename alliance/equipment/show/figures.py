"""What the pages of figures show: the month of the alliance and of each device, against its targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from alliance.equipment import facts
from alliance.equipment.models import Device
from alliance.equipment.show.clock import weekday
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import parameters
from alliance.web import charts, parts, words

TARGETS, SHARING = "equipment.targets", "cp.targets"


@dataclass(frozen=True)
class Targets:
    """What is wanted, as shares (0.5 for 50 %)."""

    utilisation: Fraction
    idle: Fraction
    duplicates: Fraction
    sharing: Fraction


@dataclass(frozen=True)
class Row:
    """One device of the table."""

    fact: facts.DeviceFact
    owner: str
    url: str
    uses_url: str
    idle: bool
    duplicate: bool
    percent: Decimal | None  # utilisation for the bar, at most 100

    @property
    def used_hours(self) -> Fraction:
        """Hours used."""
        return Fraction(self.fact.used_minutes, 60)

    @property
    def open_hours(self) -> Fraction:
        """Hours open."""
        return Fraction(self.fact.available_minutes, 60)


def targets(day: date) -> Targets:
    """The targets in force on a day."""
    own = cast(Mapping[str, Any], parameters.in_force(TARGETS, on=day))
    others = cast(Mapping[str, Any], parameters.in_force(SHARING, on=day))
    return Targets(
        Fraction(own["utilisation"]) / 100, Fraction(own["idle"]) / 100, Fraction(own["duplicates"]) / 100,
        Fraction(others["equipment_sharing"]) / 100,
    )  # fmt: skip


def page(month: Month, by: Membership) -> dict[str, Any]:
    """The month: figures of the alliance, the devices the member may know, idle ones first."""
    devices, wanted = facts.device_facts(month), targets(month.last_day)
    double = facts.duplicates(devices)
    owners = dict(Institution.objects.values_list("pk", "short_name"))
    seen = [one for one in devices if by.sees(one.institution_id)]
    rows = [_row(one, owners, wanted, double) for one in seen]
    rows.sort(key=lambda row: (row.fact.utilisation is None, row.fact.utilisation or 0, row.fact.code))
    return {
        "title": _("Use of equipment, %(month)s") % {"month": words.month(str(month))}, "month": month,
        "figs": figures(devices, wanted, double), "rows": rows,
        "idle": [row for row in rows if row.idle],
        "wanted": wanted, "limit": percent(wanted.utilisation),
        "before": str(month.previous()), "after": str(month.next()),
        "whole": by.institution_id is None,
    }  # fmt: skip


def figures(devices: list[facts.DeviceFact], wanted: Targets, double: frozenset[int]) -> list[parts.Fig]:
    """The four figures of the alliance, each with its target, numerator and denominator."""
    used, open_ = sum(one.used_minutes for one in devices), sum(one.available_minutes for one in devices)
    others = sum(one.minutes_by_others for one in devices)
    large = [one for one in devices if one.large]
    shared = [one for one in large if one.shared]
    return [
        _fig(_("utilisation"), facts.ratio(used, open_), wanted.utilisation, _hours(used, open_)),
        _fig(_("used by other institutions"), facts.ratio(others, used), None, _hours(others, used)),
        _fig(
            _("large devices shared"), facts.ratio(len(shared), len(large)), wanted.sharing,
            f"{len(shared)} / {len(large)}",
        ),
        _fig(
            _("bought although there was one"), facts.ratio(len(double), len(large)), wanted.duplicates,
            f"{len(double)} / {len(large)}", low=True,
        ),
    ]  # fmt: skip


def _fig(
    label: str, value: Fraction | None, wanted: Fraction | None, of: str, *, low: bool = False
) -> parts.Fig:
    if wanted is None:
        return parts.Fig(label, words.pct(value), "", of)
    limit = _("at most %(limit)s") if low else _("target %(limit)s")
    detail = f"{of} · {limit % {'limit': words.pct(wanted, 0)}}"
    bad = value is not None and (value > wanted if low else value < wanted)
    return parts.Fig(label, words.pct(value), "", detail, bad=bad)


def _hours(part: int, whole: int) -> str:
    return _("%(part)s of %(whole)s h") % {
        "part": words.num(Fraction(part, 60)), "whole": words.num(Fraction(whole, 60))
    }  # fmt: skip


def _row(fact: facts.DeviceFact, owners: dict[int, str], wanted: Targets, double: frozenset[int]) -> Row:
    share = fact.utilisation
    asked = urlencode({"view": "all", "device": fact.device_id, "month": str(fact.month)})
    return Row(
        fact, owners[fact.institution_id],
        f"{reverse('equipment-device-figures', args=[fact.device_id])}?month={fact.month}",
        f"{reverse('equipment-uses')}?{asked}", share is not None and share < wanted.idle,
        fact.device_id in double, None if share is None else min(Decimal(100), percent(share)),
    )  # fmt: skip


def percent(share: Fraction) -> Decimal:
    """A share in percent points with one decimal."""
    return round(Decimal(share.numerator * 100) / Decimal(share.denominator), 1)


def device_page(device: Device, month: Month, by: Membership) -> dict[str, Any]:
    """One device's month: figures, the heat map of its week, who used it."""
    found = next((one for one in facts.device_facts(month) if one.device_id == device.pk), None)
    owners = dict(Institution.objects.values_list("pk", "short_name"))
    users = sorted(found.used.items(), key=lambda pair: -pair[1].minutes) if found else []
    return {
        "title": _("%(name)s, use in %(month)s") % {"name": device.name, "month": words.month(str(month))},
        "device": device, "month": month, "figs": _device_figs(found, targets(month.last_day)),
        "chart": heat(device, month), "before": str(month.previous()), "after": str(month.next()),
        "users": [(owners[place], used, Fraction(used.minutes, 60)) for place, used in users],
    }  # fmt: skip


def _device_figs(fact: facts.DeviceFact | None, wanted: Targets) -> list[parts.Fig]:
    if fact is None:
        return []
    asked = urlencode({"view": "all", "device": fact.device_id, "month": str(fact.month)})
    return [
        _fig(
            _("utilisation"),
            fact.utilisation,
            wanted.utilisation,
            _hours(fact.used_minutes, fact.available_minutes),
        ),
        _fig(
            _("used by other institutions"),
            fact.sharing,
            None,
            _hours(fact.minutes_by_others, fact.used_minutes),
        ),
        parts.Fig(_("uses"), words.num(len(fact.use_ids)), "", "", f"{reverse('equipment-uses')}?{asked}"),
        parts.Fig(
            _("did not come"),
            words.num(fact.missed),
            "",
            _("of %(n)s bookings") % {"n": words.num(fact.booked)},
        ),
    ]


def heat(device: Device, month: Month) -> charts.Chart:
    """How full each hour of the week was: minutes used out of minutes open, in percent."""
    used, opening = facts.hours_of_week(device.pk, month), device.open_hours
    hours = _span(used, opening.frame)
    days = [day for day in range(1, 8) if day in opening.weekdays or any(key[0] == day for key in used)]
    count = {day: sum(1 for one in month.days() if one.isoweekday() == day) for day in days}
    cells = {
        (day, hour): _full(
            used.get((day, hour), 0), _open(opening.spans.get(day, ()), hour) * count[day] * device.capacity
        )
        for day in days
        for hour in hours
    }
    peak = max(cells, key=lambda key: cells[key] or 0, default=None)
    title = _("No use in this month")
    if peak is not None and cells[peak]:
        title = _("Fullest on %(day)s at %(hour)s") % {"day": weekday(peak[0]), "hour": f"{peak[1]}:00"}
    return charts.heat(
        "week", title, [weekday(day) for day in days], [f"{hour}:00" for hour in hours],
        [[cells[day, hour] for hour in hours] for day in days], corner=_("weekday"),
        sentence=_("Each cell: minutes used out of minutes open in the month, in percent."),
    )  # fmt: skip


def _span(used: dict[tuple[int, int], int], frame: tuple[int, int]) -> range:
    first = min([frame[0] // 60, *(hour for _day, hour in used)])
    last = max([-(-frame[1] // 60), *(hour + 1 for _day, hour in used)])
    return range(first, last)


def _open(spans: Any, hour: int) -> int:
    return sum(max(0, min(end, 60 * hour + 60) - max(begin, 60 * hour)) for begin, end in spans)


def _full(used: int, open_: int) -> Decimal | None:
    """Percent; None where it is closed: what is used beyond the hours has nothing to be measured by."""
    return percent(Fraction(used, open_)) if open_ else None
