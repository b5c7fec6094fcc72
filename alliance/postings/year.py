"""What postings owe in a year and how far they are: person-times of hospitals, months of backbone doctors.

S3-31, S3-52, S3-60. Only days the host has confirmed are done; what is planned is forecast from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from alliance.lib.period import Month
from alliance.lib.workdays import WorkCalendar
from alliance.models import Institution
from alliance.postings.models import Posting, Visit
from alliance.services import calendar, parameters

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Promise:
    """What a hospital owes its primary institutions in a year, and how far it is (S3-31, S3-60).

    done: confirmed person-times from 1 January to `until`; due: those to be held by then, without the ones
    that wait for the host's word; planned: the rest of the year, and what waits; kept_share: of the days due
    so far, those confirmed (None without any); forecast: done plus planned times that share. weeks:
    person-times of each week (its Monday), weeks without any are 0.
    """

    institution: Institution
    until: date
    least_year: int
    least_week: int
    done: int
    due: int
    planned: int
    weeks: tuple[tuple[date, int], ...]

    @property
    def kept_share(self) -> Decimal | None:
        """Confirmed of what was due, 0 to 1."""
        return None if not self.due else Decimal(self.done) / self.due

    @property
    def forecast(self) -> int | None:
        """Person-times expected at the end of the year, half-up; None before anything was due."""
        share = self.kept_share
        if share is None:
            return None
        return self.done + int((self.planned * share).to_integral_value(ROUND_HALF_UP))

    @property
    def weeks_kept(self) -> int:
        """Full weeks with at least the weekly number."""
        return sum(count >= self.least_week for _monday, count in self.weeks)


def promises(until: date, *, institution_id: int | None = None) -> list[Promise]:
    """Tertiary and lead hospitals in the year of `until`, in the order of their names; two queries.

    `institution_id`: only that of this one.
    """
    least = parameters.in_force("cp.expert_min", on=until)
    assert isinstance(least, Mapping)
    who = Institution.objects.filter(
        Q(level=Institution.Level.TERTIARY) | Q(role=Institution.Role.LEAD), is_active=True
    )
    senders = list(who if institution_id is None else who.filter(pk=institution_id))
    days: dict[int, list[tuple[date, str]]] = defaultdict(list)
    rows = Visit.objects.filter(
        posting__sender__in=senders, posting__host__level=Institution.Level.PRIMARY, day__year=until.year,
        state__in=[*Visit.STANDING, Visit.State.ABSENT],
    )  # fmt: skip
    for sender, day, state in rows.order_by().values_list("posting__sender", "day", "state"):
        days[sender].append((day, state))
    return [
        _promise(one, days[one.pk], until, int(str(least["per_year"])), int(str(least["per_week"])))
        for one in senders
    ]


def _promise(
    sender: Institution, days: list[tuple[date, str]], until: date, least_year: int, least_week: int
) -> Promise:
    waits = [state == Visit.State.REPORTED for _day, state in days]
    past = [one for one, waiting in zip(days, waits, strict=True) if one[0] <= until and not waiting]
    done = [day for day, state in past if state == Visit.State.CONFIRMED]
    ahead = sum(waits) + sum(
        day > until and state not in (Visit.State.ABSENT, Visit.State.REPORTED) for day, state in days
    )
    return Promise(
        sender, until, least_year, least_week, len(done), len(past), ahead, tuple(_weeks(done, until))
    )


def _weeks(done: list[date], until: date) -> list[tuple[date, int]]:
    """Person-times of each week that has ended by `until`, from the first Monday of the year."""
    counted: dict[date, int] = defaultdict(int)
    for day in done:
        counted[day - timedelta(days=day.weekday())] += 1
    monday = date(until.year, 1, 1)
    monday += timedelta(days=-monday.weekday() % 7)
    found = []
    while monday + timedelta(days=6) <= until:
        found.append((monday, counted[monday]))
        monday += timedelta(days=7)
    return found


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A backbone doctor's months of dispatch in a year (S3-52).

    A month counts as confirmed days divided by its working days, at most 1; `months` is their sum with one
    decimal, half-up; `forecast` the same with the days still planned or waiting for the host. `least` is what
    the year asks for.
    """

    staff_id: int
    name: str
    sender: str
    by_month: tuple[tuple[Month, int, int], ...]  # month, days confirmed, working days
    least: int
    with_planned: tuple[tuple[Month, int, int], ...] = ()  # month, days confirmed or ahead, working days

    @property
    def months(self) -> Decimal:
        """Months of dispatch."""
        return _months(self.by_month)

    @property
    def forecast(self) -> Decimal:
        """Months of dispatch at the end of the year when every planned day is held."""
        return _months(self.with_planned)


def _months(by_month: Iterable[tuple[Month, int, int]]) -> Decimal:
    whole = sum((min(Decimal(1), Decimal(days) / work) for _month, days, work in by_month), Decimal(0))
    return whole.quantize(TENTH, ROUND_HALF_UP)


def dispatches(until: date, *, institution_id: int | None = None) -> list[Dispatch]:
    """Every backbone doctor with a posting in the year of `until`, by sender and name; three queries more.

    Who was not there on any day stands here with 0 months. `institution_id`: only doctors of postings that it
    sends or hosts; their months count in full.
    """
    talent = parameters.in_force("cp.talent", on=until)
    assert isinstance(talent, Mapping)
    known, first, last = calendar.calendar(), date(until.year, 1, 1), date(until.year, 12, 31)
    backbone = Posting.objects.filter(
        backbone=True, first_day__lte=until, last_day__gte=first, state__in=["agreed", "ended"]
    )
    if institution_id is not None:
        backbone = backbone.filter(Q(sender=institution_id) | Q(host=institution_id))
    who = backbone.order_by("sender__short_name", "staff__name", "staff")
    found: dict[tuple[int, str, str], list[tuple[Month, int, int, int]]] = {
        key: [] for key in who.values_list("staff", "staff__name", "sender__short_name").distinct()
    }
    for staff, name, sender, month, done, ahead in _held(first, last, until, backbone):
        at = Month.of(month)
        found.setdefault((staff, name, sender), []).append((at, done, ahead, working_days(at, known)))
    return [
        Dispatch(
            *key, tuple((at, done, work) for at, done, _ahead, work in months if done),
            int(str(talent["dispatch"])), tuple((at, done + ahead, work) for at, done, ahead, work in months),
        )
        for key, months in found.items()
    ]  # fmt: skip


def _held(first: date, last: date, until: date, backbone: QuerySet[Posting]) -> QuerySet[Visit, Any]:
    """Days of doctors by sender and month: confirmed until a day, and still planned or waiting."""
    confirmed_by_now = Q(state=Visit.State.CONFIRMED, day__lte=until)
    waiting = Q(state=Visit.State.REPORTED) | Q(state=Visit.State.PLANNED, day__gt=until)
    rows: QuerySet[Visit, Any] = (
        Visit.objects.filter(day__range=(first, last), staff__in=backbone.order_by().values("staff"))
        .order_by()
        .annotate(month=TruncMonth("day"))
        .values_list("staff", "staff__name", "posting__sender__short_name", "month")
        .annotate(
            done=Count("day", filter=confirmed_by_now, distinct=True),
            ahead=Count("day", filter=waiting, distinct=True),
        )
        .order_by("posting__sender__short_name", "staff__name", "month")
    )
    return rows


def working_days(month: Month, known: WorkCalendar) -> int:
    """Working days of a month by the alliance's calendar; at least 1, to divide by."""
    return max(1, sum(known.is_workday(day) for day in month.days()))
