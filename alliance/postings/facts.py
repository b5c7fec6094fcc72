"""What postings tell the floors above: one row per sender, host, department, expert and month.

S2-07, S3-05, S3-31, S3-52, S3-60. A day counts in the month it took place, once the host has confirmed it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from alliance.lib.period import Month
from alliance.lib.workdays import WorkCalendar
from alliance.models import Institution
from alliance.postings.models import Evaluation, Posting, Visit
from alliance.services import calendar, parameters

KIND = Visit._meta.label_lower
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class PostingFact:
    """One expert's month at one host.

    visits: person-times 人次 (an expert on a day at a host); half_days; patients_seen and retained: persons;
    teaching_minutes; allowance_fen: half days times the agreed local allowance, owed by the host. `ids`: the
    confirmed days behind all of it, ascending.
    """

    month: Month
    sender_id: int
    sender: str
    department_id: int | None
    host_id: int
    host: str
    staff_id: int
    half_days: int
    patients_seen: int
    teaching_minutes: int
    retained: int
    allowance_fen: int
    ids: tuple[int, ...]

    @property
    def visits(self) -> int:
        """Person-times."""
        return len(self.ids)


def posting_facts(month: Month) -> list[PostingFact]:
    """All experts' months, by sender, host and expert; one query."""
    half = Count("pk", filter=Q(morning=True)) + Count("pk", filter=Q(afternoon=True))
    allowance = Sum("posting__allowance_fen", filter=Q(morning=True), default=0) + Sum(
        "posting__allowance_fen", filter=Q(afternoon=True), default=0
    )
    keys = (
        "posting__sender_id", "posting__sender__code", "staff__department_id",
        "posting__host_id", "posting__host__code", "staff_id",
    )  # fmt: skip
    rows = (
        confirmed(month.first_day, month.last_day)
        .order_by()
        .values_list(*keys)
        .annotate(
            half=half, seen=Sum("patients_seen"), minutes=Sum("teaching_minutes"), kept=Sum("retained"),
            allowance=allowance, ids=ArrayAgg("pk", order_by="pk"),
        )
        .order_by("posting__sender__code", "posting__host__code", "staff_id", "staff__department_id")
    )  # fmt: skip
    return [cast(Any, PostingFact)(month, *row[:-1], tuple(row[-1])) for row in rows]


def records(month: Month, ids: Iterable[int]) -> QuerySet[Visit]:
    """The days behind a fact, oldest first."""
    found = confirmed(month.first_day, month.last_day).filter(pk__in=list(ids))
    rows: QuerySet[Visit] = cast(Any, found).with_names()
    return rows


def days_by_id(ids: Iterable[int]) -> QuerySet[Visit]:
    """Days by their ids, oldest first."""
    rows: QuerySet[Visit] = cast(Any, Visit.objects.filter(pk__in=list(ids))).with_names()
    return rows


def days_of(posting_id: int, first: date, last: date) -> list[Visit]:
    """The planned days of a posting from one day to another, in order."""
    rows = Visit.objects.filter(posting=posting_id, day__gte=first, day__lte=last, state=Visit.State.PLANNED)
    return list(rows.with_names())


def confirmed(first: date, last: date) -> QuerySet[Visit]:
    """Confirmed days from one day to another, both included."""
    rows: QuerySet[Visit] = Visit.objects.filter(state=Visit.State.CONFIRMED, day__gte=first, day__lte=last)
    return rows


@dataclass(frozen=True, slots=True)
class Promise:
    """What a hospital owes its primary institutions in a year, and how far it is (S3-31, S3-60).

    done: confirmed person-times from 1 January to `until`; planned: those still planned or waiting in the
    rest of the year; kept_share: of the days due so far, those confirmed (None without any); forecast: done
    plus planned times that share. weeks: person-times of each week (its Monday), weeks without any are 0.
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


def promises(until: date) -> list[Promise]:
    """Tertiary and lead hospitals in the year of `until`, in the order of their names; two queries."""
    least = parameters.in_force("cp.expert_min", on=until)
    assert isinstance(least, Mapping)
    senders = list(
        Institution.objects.filter(
            Q(level=Institution.Level.TERTIARY) | Q(role=Institution.Role.LEAD), is_active=True
        )
    )
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
    past = [(day, state) for day, state in days if day <= until]
    done = [day for day, state in past if state == Visit.State.CONFIRMED]
    ahead = sum(day > until and state != Visit.State.ABSENT for day, state in days)
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
    decimal, half-up. `least` is what the year asks for.
    """

    staff_id: int
    name: str
    sender: str
    by_month: tuple[tuple[Month, int, int], ...]  # month, days confirmed, working days
    least: int

    @property
    def months(self) -> Decimal:
        """Months of dispatch."""
        whole = sum((min(Decimal(1), Decimal(days) / work) for _m, days, work in self.by_month), Decimal(0))
        return whole.quantize(TENTH, ROUND_HALF_UP)


def dispatches(until: date, *, institution_id: int | None = None) -> list[Dispatch]:
    """Every backbone doctor with a posting in the year of `until`, by sender and name; two queries more.

    `institution_id`: only doctors of postings that it sends or hosts; their months count in full.
    """
    talent = parameters.in_force("cp.talent", on=until)
    assert isinstance(talent, Mapping)
    known, first = calendar.calendar(), date(until.year, 1, 1)
    backbone = Posting.objects.filter(
        backbone=True, first_day__lte=until, last_day__gte=first, state__in=["agreed", "ended"]
    )
    if institution_id is not None:
        backbone = backbone.filter(Q(sender=institution_id) | Q(host=institution_id))
    rows = (
        confirmed(first, until)
        .filter(staff__in=backbone.values("staff"))
        .order_by()
        .annotate(month=TruncMonth("day"))
        .values_list("staff", "staff__name", "posting__sender__short_name", "month")
        .annotate(days=Count("day", distinct=True))
    )
    found: dict[tuple[int, str, str], list[tuple[Month, int, int]]] = defaultdict(list)
    for staff, name, sender, month, days in rows.order_by(
        "posting__sender__short_name", "staff__name", "month"
    ):
        at = Month.of(month)
        found[staff, name, sender].append((at, days, working_days(at, known)))
    return [Dispatch(*who, tuple(months), int(str(talent["dispatch"]))) for who, months in found.items()]


def working_days(month: Month, known: WorkCalendar) -> int:
    """Working days of a month by the alliance's calendar; at least 1, to divide by."""
    return max(1, sum(known.is_workday(day) for day in month.days()))


@dataclass(frozen=True, slots=True)
class SatisfactionFact:
    """What hosts thought of a sender's experts in a month: points of one to five, summed over evaluations."""

    sender_id: int
    sender: str
    attendance: int
    service: int
    teaching: int
    ids: tuple[int, ...]


def satisfaction(month: Month) -> list[SatisfactionFact]:
    """One row for each sender with an evaluation, by code; one query."""
    rows = (
        Evaluation.objects.filter(month=month.first_day)
        .order_by()
        .values_list("posting__sender", "posting__sender__code")
        .annotate(
            attendance=Sum("attendance"), service=Sum("service"), teaching=Sum("teaching"),
            ids=ArrayAgg("pk", order_by="pk"),
        )
        .order_by("posting__sender__code")
    )  # fmt: skip
    return [cast(Any, SatisfactionFact)(*row[:-1], tuple(row[-1])) for row in rows]


def named(ids: Iterable[int]) -> QuerySet[Visit]:
    """Days by their keys, with everything a list names."""
    rows: QuerySet[Visit] = Visit.objects.filter(pk__in=list(ids)).with_names()
    return rows


def evaluations_named(ids: Iterable[int]) -> QuerySet[Evaluation]:
    """Evaluations by their keys, with posting and host."""
    rows: QuerySet[Evaluation] = Evaluation.objects.filter(pk__in=list(ids))
    return rows.select_related("posting__staff", "posting__sender", "posting__host")
