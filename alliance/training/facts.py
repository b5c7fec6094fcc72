"""What training tells the floors above: hours by person and month, the year's promise, the fund.

S2-24, S3-18, S3-52. Minutes count in the month the session began, once its organiser has closed it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Q, QuerySet, Sum

from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Staff
from alliance.services import parameters
from alliance.training.models import Attendance, Session, Spending

KIND = Attendance._meta.label_lower
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class TrainingFact:
    """One person's month: minutes on site and online, examinations taken and passed, the lines behind."""

    month: Month
    institution_id: int
    institution: str
    department_id: int | None
    staff_id: int
    onsite_minutes: int
    online_minutes: int
    examined: int
    passed: int
    ids: tuple[int, ...]


def training_facts(month: Month) -> list[TrainingFact]:
    """All persons' months, by institution and person; one query."""
    keys = ("staff__institution_id", "staff__institution__code", "staff__department_id", "staff_id")
    examined = Q(points__isnull=False)
    rows = (
        counted(month.first_day, month.last_day)
        .order_by()
        .values_list(*keys)
        .annotate(
            onsite=Sum("minutes", filter=Q(way="onsite"), default=0),
            online=Sum("minutes", filter=Q(way="online"), default=0),
            examined=Count("pk", filter=examined),
            passed=Count("pk", filter=examined & Q(points__gte=F("session__pass_mark"))),
            ids=ArrayAgg("pk", order_by="pk"),
        )
        .order_by("staff__institution__code", "staff_id")
    )
    return [cast(Any, TrainingFact)(month, *row[:-1], tuple(row[-1])) for row in rows]


@dataclass(frozen=True, slots=True)
class Taught:
    """One institution's month as organiser: minutes of its closed sessions, the sessions behind."""

    institution_id: int
    minutes: int
    ids: tuple[int, ...]


def taught(month: Month) -> list[Taught]:
    """Organisers with a closed session begun in the month, by id; one query."""
    found: dict[int, list[Session]] = defaultdict(list)
    for row in closed(month.first_day, month.last_day).order_by("organiser", "pk"):
        found[row.organiser_id].append(row)
    return [
        Taught(place, sum(row.minutes for row in rows), tuple(row.pk for row in rows))
        for place, rows in found.items()
    ]


def sessions(ids: Iterable[int]) -> QuerySet[Session]:
    """The sessions behind what was taught, by their beginning."""
    rows: QuerySet[Session] = Session.objects.filter(pk__in=list(ids)).order_by("starts_at", "pk")
    return rows


def planned() -> QuerySet[Session]:
    """The sessions that are neither closed nor cancelled, by begin; one query."""
    rows: QuerySet[Session] = Session.objects.filter(state=Session.State.PLANNED).order_by("starts_at", "pk")
    return rows


def closed(first: date, last: date) -> QuerySet[Session]:
    """Closed sessions begun from one local day to another."""
    begin, end = bounds(first, last)
    rows: QuerySet[Session] = Session.objects.filter(
        state=Session.State.CLOSED, starts_at__gte=begin, starts_at__lte=end
    )
    return rows


def records(ids: Iterable[int]) -> QuerySet[Attendance]:
    """The lines behind a fact."""
    rows: QuerySet[Attendance] = Attendance.objects.filter(pk__in=list(ids))
    return rows.select_related("session__organiser", "staff")


def doctors_named(ids: Iterable[int]) -> QuerySet[Staff]:
    """Staff by their keys, with institution and department."""
    return Staff.objects.filter(pk__in=list(ids)).select_related("institution", "department")


def counted(first: date, last: date) -> QuerySet[Attendance]:
    """Lines that count from one local day to another: not voided, of closed sessions begun in that time."""
    begin, end = bounds(first, last)
    rows: QuerySet[Attendance] = Attendance.objects.filter(
        voided_at=None, session__state=Session.State.CLOSED,
        session__starts_at__gte=begin, session__starts_at__lte=end,
    )  # fmt: skip
    return rows


def warning_education(year: int, institution_id: int | None = None) -> list[tuple[Session, int]]:
    """Sessions of warning education 警示教育 of a year with who took part (S1-62), of one institution's staff
    or of all; one query. What was cancelled is left out.
    """
    begin, end = bounds(date(year, 1, 1), date(year, 12, 31))
    counts = Q(attendances__voided_at=None)
    if institution_id is not None:
        counts &= Q(attendances__staff__institution=institution_id)
    rows = Session.objects.filter(
        course=Session.Course.WARNING, starts_at__gte=begin, starts_at__lte=end
    ).exclude(state=Session.State.CANCELLED)
    found = rows.annotate(came=Count("attendances", filter=counts)).order_by("starts_at", "pk")
    return [(one, one.came) for one in found]


def bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """First and last instant of local days, as UTC."""
    begin, end = datetime.combine(first, time(), SHANGHAI), datetime.combine(last, time.max, SHANGHAI)
    return begin.astimezone(UTC), end.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Hours:
    """A primary doctor's training in a year: minutes so far and the hours the year asks for (S3-52)."""

    staff_id: int
    number: str
    name: str
    code: str
    institution: str
    minutes: int
    least: int
    until: date

    @property
    def reached(self) -> bool:
        """The year's hours are done."""
        return self.minutes >= self.least * 60

    @property
    def hours(self) -> Decimal:
        """Hours with one decimal, half-up."""
        return (Decimal(self.minutes) / 60).quantize(TENTH, ROUND_HALF_UP)

    @property
    def state(self) -> str:
        """ok when reached; warn when ahead of the calendar's pace or equal; late when behind it."""
        if self.reached:
            return "ok"
        share = Decimal(self.until.timetuple().tm_yday) / 365
        return "warn" if self.minutes >= self.least * 60 * share else "late"


def hours_of(until: date, *, institution_id: int | None = None) -> list[Hours]:
    """Every active doctor of primary institutions in the year of `until`, fewest hours first; two queries.

    A doctor without any training stands there with 0 minutes.
    """
    talent = parameters.in_force("cp.talent", on=until)
    assert isinstance(talent, Mapping)
    doctors = Staff.objects.filter(
        kind=Staff.Kind.DOCTOR, is_active=True, institution__level=Institution.Level.PRIMARY
    )
    if institution_id is not None:
        doctors = doctors.filter(institution=institution_id)
    done = dict(
        counted(date(until.year, 1, 1), until)
        .filter(staff__in=doctors)
        .order_by()
        .values_list("staff")
        .annotate(minutes=Sum("minutes"))
    )
    rows = [
        Hours(
            one.pk,
            one.code,
            one.name,
            one.institution.code,
            one.institution.short_name,
            done.get(one.pk, 0),
            int(str(talent["training"])),
            until,
        )
        for one in doctors.select_related("institution")
    ]
    return sorted(rows, key=lambda row: (row.minutes, row.institution, row.name, row.staff_id))


@dataclass(frozen=True, slots=True)
class Fund:
    """An institution's fund of a year: persons served times the amount a head, less what was paid."""

    institution: Institution
    year: int
    served: int
    a_head_fen: int
    spent_fen: int
    waiting_fen: int

    @property
    def fen(self) -> int:
        """The year's fund."""
        return self.served * self.a_head_fen

    @property
    def rest_fen(self) -> int:
        """What is left after confirmed payments."""
        return self.fen - self.spent_fen


def funds(year: int, on: date, *, institution_id: int | None = None) -> list[Fund]:
    """The fund of every primary institution that serves persons of its own, by its name; three queries."""
    a_head = parameters.in_force("gb.training_fund", on=on)
    assert isinstance(a_head, int)
    places = Institution.objects.filter(
        level=Institution.Level.PRIMARY, is_active=True, served_population__gt=0
    ).exclude(kind=Institution.Kind.VILLAGE)
    if institution_id is not None:
        places = places.filter(pk=institution_id)
    confirmed = Sum("fen", filter=Q(state=Spending.State.CONFIRMED), default=0)
    waiting = Sum("fen", filter=Q(state=Spending.State.ENTERED), default=0)
    paid = Spending.objects.filter(day__year=year, institution__in=places).order_by()
    sums = {
        place: (spent, entered)
        for place, spent, entered in paid.values_list("institution").annotate(s=confirmed, w=waiting)
    }
    return [
        Fund(place, year, place.served_population, a_head, *sums.get(place.pk, (0, 0))) for place in places
    ]
