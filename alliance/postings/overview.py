"""What the pages of postings show over all of them: the week, and the promises of the year."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.postings import forms, tables
from alliance.postings.models import Visit
from alliance.postings.year import Dispatch, Promise
from alliance.web import charts, parts, words


def tabs(current: str) -> list[parts.Tab]:
    """The pages of the room; `current` as an address's name with its view."""
    pages = [
        ("postings-week", _("This week")), ("postings", _("Postings")), ("visits", _("Days to confirm")),
        ("visits?view=report", _("Days to report")), ("visits?view=all", _("All days")),
        ("posting-promises", _("Promises of the year")),
    ]  # fmt: skip
    return [parts.Tab(label, _address(name), name == current) for name, label in pages]


def _address(name: str) -> str:
    page, mark, view = name.partition("?")
    return f"{reverse(page)}{mark}{view}"


# The week ----------------------------------------------------------------------
@dataclass
class HostWeek:
    """One host's row of the week."""

    name: str
    days: list[list[tuple[Visit, Any]]] = field(default_factory=lambda: [[] for _day in range(7)])


def week_page(membership: Membership, monday: date, today: date) -> dict[str, Any]:
    """Who is where on the seven days, one row a host."""
    sunday = monday + timedelta(days=6)
    rows = (
        Visit.objects.visible_to(membership).with_names()
        .filter(day__range=(monday, sunday)).exclude(state__in=["moved", "dropped"])
        .order_by("posting__host__pinyin", "posting__host__code", "day", "staff__code")
    )  # fmt: skip
    hosts: dict[int, HostWeek] = {}
    for visit in rows[:2000]:
        host = hosts.setdefault(visit.posting.host_id, HostWeek(visit.posting.host.short_name))
        host.days[visit.day.weekday()].append((visit, tables.VISIT_CHIP[visit.state]))
    days = [monday + timedelta(days=n) for n in range(7)]
    heads = [(day, forms.WEEKDAYS[n][1], day == today) for n, day in enumerate(days)]
    return {
        "title": _("Experts of the week"), "tabs": tabs("postings-week"),
        "hosts": list(hosts.values()),
        "heads": heads, "monday": monday, "sunday": sunday, "figs": week_figs(hosts.values()),
        "before": monday - timedelta(days=7), "after": monday + timedelta(days=7),
    }  # fmt: skip


def week_figs(hosts: Any) -> list[parts.Fig]:
    """The week in four figures."""
    seen = [visit for host in hosts for day in host.days for visit, _kind in day]
    states = [visit.state for visit in seen]
    missed = states.count(Visit.State.ABSENT)
    return [
        parts.Fig(_("person-times planned"), words.num(len(seen) - missed)),
        parts.Fig(_("person-times confirmed"), words.num(states.count(Visit.State.CONFIRMED))),
        parts.Fig(_("wait for the host"), words.num(states.count(Visit.State.REPORTED))),
        parts.Fig(_("did not take place"), words.num(missed), bad=bool(missed)),
    ]


# The promises of the year ------------------------------------------------------
def promises_page(promises: list[Promise], dispatches: list[Dispatch], until: date) -> dict[str, Any]:
    """How far each hospital and each backbone doctor is."""
    return {
        "title": _("Promises of the year"), "tabs": tabs("posting-promises"),
        "promises": [(one, promise_sentence(one), promise_chart(one)) for one in promises],
        "dispatches": [(one, dispatch_kind(one, until)) for one in dispatches], "until": until,
        "share_of_year": Decimal(until.timetuple().tm_yday * 100) / 365,
    }  # fmt: skip


def promise_sentence(one: Promise) -> str:
    """Whether the year will be kept, in a sentence."""
    if one.forecast is None:
        return _("Nothing was due yet, so there is no forecast.")
    values = {
        "done": one.done,
        "least": one.least_year,
        "forecast": one.forecast,
        "missing": one.least_year - one.forecast,
    }
    if one.forecast >= one.least_year:
        return (
            _("%(done)d of %(least)d person-times; at this pace %(forecast)d by the end of the year.")
            % values
        )
    return _(
        "%(done)d of %(least)d person-times; at this pace only %(forecast)d by the end of the year: "
        "%(missing)d more have to be planned."
    ) % values  # fmt: skip


def promise_chart(one: Promise) -> charts.Chart:
    """Person-times of each week against the weekly promise."""
    kept = ngettext("%(n)d week of %(all)d kept", "%(n)d weeks of %(all)d kept", one.weeks_kept) % {
        "n": one.weeks_kept, "all": len(one.weeks),
    }  # fmt: skip
    return charts.line(
        f"weeks-{one.institution.pk}", _("Person-times a week: %(kept)s") % {"kept": kept},
        (_("week from"), _("person-times")),
        [(f"{monday:%m-%d}", Decimal(count)) for monday, count in one.weeks],
        limits=[(_("at least %(n)d") % {"n": one.least_week}, Decimal(one.least_week))], places=0,
    )  # fmt: skip


def dispatch_kind(one: Dispatch, until: date) -> str:
    """ok when the months are there, info when the planned days bring them, late when the rest of the year no
    longer can, else warn.
    """
    if one.months >= one.least:
        return "ok"
    if one.forecast >= one.least:
        return "info"
    left = Decimal((date(until.year, 12, 31) - until).days * 12) / 365
    return "late" if one.months + left < one.least else "warn"
