"""A month of a large alliance: sums of its cases, then institutions, departments and persons, scored, kept.

100 institutions, 1,000 departments, 10,000 doctors and 5,000,000 stored front pages of 60 months; the month
has a sixtieth of them. Every subject is scored by 130 indicators. BENCH_PART=50 measures a fiftieth.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from time import perf_counter
from typing import Any

from benchmarks import cloning
from benchmarks.report import Section, Table
from benchmarks.servers import own_database

PART = int(os.environ.get("BENCH_PART", "1"))
PLACES, ROOMS, PEOPLE = max(2, 100 // PART), 10, 100  # rooms and people of one institution
CASES, MONTHS, PERSONS = 5_000_000 // PART, 60, 1_250_000 // PART
INDICATORS = 130
GROUPS = 600
LAST = date(2026, 10, 1)


@dataclass
class Ledger:
    """What each stage took: seconds by the clock, queries, rows."""

    rows: list[tuple[str, float, int, int]] = field(default_factory=list)
    asked: int = 0

    @contextmanager
    def stage(self, name: str) -> Iterator[list[int]]:
        """Time a stage; the caller appends how many rows it made."""
        from django.db import connection

        made: list[int] = []
        self.asked, begin = 0, perf_counter()
        with connection.execute_wrapper(self._count):
            yield made
        self.rows.append((name, perf_counter() - begin, self.asked, sum(made)))

    def _count(self, execute: Callable[..., Any], *rest: Any) -> Any:
        self.asked += 1
        return execute(*rest)


def measure() -> Section:
    """One month from the sums of its cases to stored scores."""
    from alliance.tenancy.scope import act_in

    ledger = Ledger()
    with own_database():
        alliance = _world()
        with act_in(alliance):
            _run(ledger)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Section(
        "A month at every level",
        f"{PLACES:,} institutions, {PLACES * ROOMS:,} departments, {PLACES * PEOPLE:,} doctors, "
        f"{INDICATORS} indicators each, {CASES:,} stored front pages in {MONTHS} months"
        f"{f' (a {PART}th of the whole)' if PART > 1 else ''}. One process beside PostgreSQL without fsync.",
        (_table(ledger, peak),),
    )


def _table(ledger: Ledger, peak: float) -> Table:
    rows = [
        (name, f"{seconds:.2f}", f"{asked:,}", f"{made:,}" if made else "")
        for name, seconds, asked, made in ledger.rows
    ]
    rows.append((
        "all of it", f"{sum(row[1] for row in ledger.rows):.2f}", f"{sum(row[2] for row in ledger.rows):,}",
        f"{sum(row[3] for row in ledger.rows):,}",
    ))  # fmt: skip
    return Table(
        ("stage", "seconds", "queries", "rows"), tuple(rows),
        note=f"Most memory of this process: {peak:,.0f} MiB, with what made the data.",
    )  # fmt: skip


def _run(ledger: Ledger) -> None:
    from django.db import transaction

    from alliance.lib.period import Month
    from grouping.metrics import monthly

    month = Month.of(LAST)
    with transaction.atomic():
        monthly.bring_up(month.plus(-12))  # was summed up a year ago
    with transaction.atomic(), ledger.stage("sums of the month's cases, readmissions"):
        monthly.bring_up(month)
    scheme, indicators = _scheme()
    with transaction.atomic(), ledger.stage("institutions: facts, scores, shares") as made:
        made.append(_institutions(scheme, indicators, month))
    for level in ("department", "person"):
        _level(ledger, level, scheme, indicators, month)


def _level(ledger: Ledger, level: str, scheme: Any, indicators: Sequence[Any], month: Any) -> None:
    from django.db import transaction

    from alliance.models import Membership
    from performance.levels import services, store
    from performance.models import LevelRun
    from performance.services import schemes

    with transaction.atomic():
        version = schemes.in_force(month)
        run = LevelRun.objects.create(
            month=month.first_day, level=level, number=1, scheme=version, scheme_digest="",
            started_by=Membership.objects.filter(institution=None)[0],
        )  # fmt: skip
        with ledger.stage(f"{level}s: facts and scores") as made:
            scored, facts = services.scored(scheme, indicators, month, level)
            made.append(sum(len(result.cells) for _who, result in scored))
        assert any(result.score for _who, result in scored), "somebody has a score"
        with ledger.stage(f"{level}s: stored") as made:
            store.keep(run, scored, facts)
            made.append(len(facts) + sum(len(result.cells) + 1 for _who, result in scored))


def _institutions(scheme: Any, indicators: Sequence[Any], month: Any) -> int:
    """As a month settles them: facts, formulas, shares of a pool."""
    from alliance.models import Institution
    from performance import collect
    from performance.engine.inputs import Basis, MonthInputs, Pool
    from performance.engine.settlement import settle

    members = list(Institution.objects.filter(is_active=True).select_related("parent"))
    found = settle(
        MonthInputs(
            month=month, indicators=tuple(indicators), scheme=scheme,
            members=tuple(collect.member_of(place) for place in members),
            bases=tuple(Basis(place.code, 10_000_000, LAST, "x") for place in members
                if not collect.member_of(place).through
            ),
            pool=Pool(1_000_000_00, "x"),
            facts=tuple(collect.facts_of(collect.needs(indicators, scheme, month), members)),
        )
    )  # fmt: skip
    return len(found.values) + len(found.scores) + len(found.totals)


def _scheme() -> tuple[Any, list[Any]]:
    """130 indicators over every number the rooms know of a person, each by discharges, then by its change."""
    from grouping.metrics import monthly
    from performance.engine.forms import LinearHigher
    from performance.engine.indicators import shipped_indicators
    from performance.engine.scheme import Column, Dimension, Item, demonstration_scheme
    from performance.levels.rooms import SOURCES

    keys = sorted(set(monthly.PLACE_KEYS).union(*(one.keys.get("person", ()) for one in SOURCES)))
    like = replace(
        shipped_indicators()["accepted_in_time"], denominator=("discharges",), minimum_n=0,
        part_of_whole=False,
    )  # fmt: skip
    found = [replace(like, code=f"r_{key}", numerator=(key,)) for key in keys]
    found += [replace(one, code=f"c{one.code[1:]}", form="change", months_back=12) for one in found]
    used = found[:INDICATORS]
    weight = Decimal("0.75")  # the last one fills up
    items = [Item(one.code, "all", weight, LinearHigher(Decimal(0), Decimal(100))) for one in used]
    left = 100 - weight * (len(items) - 1)
    items[-1] = replace(items[-1], weight=left)
    column = Column(
        "all", "x", "x", ("lead", "member", "hospital", "primary"),
        ("general", "tcm", "township", "clinical", "doctor"), (), tuple(items),
    )  # fmt: skip
    scheme = replace(
        demonstration_scheme(), dimensions=(Dimension("all", "x", "x"),), columns=(column,), floors=()
    )
    return scheme, used


def _world() -> Any:
    """The alliance with its people and cases, made by the database itself."""
    from django.db import transaction

    from alliance.models import Department, Staff
    from alliance.tenancy.scope import act_in
    from grouping.services import schemes as grouping_schemes
    from performance.services import schemes
    from tests.referrals import scene
    from tests.world import make_world, place

    world = make_world()
    with transaction.atomic(), act_in(world.qinghe):
        scene.prepare(world)
        grouping = grouping_schemes.adopt_shipped(
            by=world.su, code="xietong_demo", from_date=date(2020, 1, 1)
        )
        schemes.adopt_demonstration(by=world.luo)
        places = [place(f"B{n:03}", f"第{n}医院", "secondary", "general") for n in range(PLACES)]
        Department.objects.bulk_create(
            Department(institution=one, code=f"D{n}", name=f"{n}科", kind="clinical")
            for one in places for n in range(ROOMS)
        )  # fmt: skip
        rooms = {(row.institution_id, row.code): row for row in Department.objects.all()}
        Staff.objects.bulk_create(
            Staff(
                institution=one, department=rooms[one.pk, f"D{n % ROOMS}"], code=f"S{n}", kind="doctor",
                name=f"医{one.code}-{n}",
            )
            for one in places for n in range(PEOPLE)
        )  # fmt: skip
        case, first = _model(world, places[0])
    cloning.analyze(("alliance_person", "alliance_staff"))
    with cloning.untriggered("grouping_case"), transaction.atomic(), act_in(world.qinghe):
        _cases(case, [one.pk for one in places], [one.code for one in places], first)
    cloning.analyze(("grouping_case",))
    with transaction.atomic(), act_in(world.qinghe):
        _groups(getattr(grouping, "pk", grouping))
    cloning.analyze(("grouping_groupedcase", "grouping_monthsum"))
    return world.qinghe


def _model(world: Any, place: Any) -> tuple[Any, int]:
    """A case to copy, and the first of the persons."""
    from alliance.models import Attachment, Person
    from grouping.models import Case, CaseFile
    from tests.referrals.scene import patient

    one = patient(world.zhao, 99)
    cloning.clone(one, PERSONS, {"key": "md5(n::text) || md5('p' || n)", "name_key": "md5('n' || n)"})
    first = Person.objects.order_by("pk").values_list("pk", flat=True)[0]
    sealed = Attachment.objects.create(
        purpose="case_file", stored_name="x", shown_name="x", content_type="text/csv", size=1,
        sha256="0" * 64, owner=world.lin,
    )  # fmt: skip
    file = CaseFile.objects.create(
        attachment=sealed, sha256="0" * 64, received_by=world.lin, delivered_on=LAST
    )
    day = datetime(2026, 10, 5, 2, tzinfo=UTC)
    case = Case.objects.create(
        institution=place, person=one, file=file, line=1, changed_at=day, record_no="B0", visit_no=1,
        month=LAST, admitted_at=day, discharged_at=day, department_code="D0", sex=1, age=60, stay_days=5,
        discharge_way=1, diagnoses=["I50.900"], recorded={"doctors": {"B25": "x"}}, fees={},
        total_fen=500_000, digest="0" * 64,
    )  # fmt: skip
    return case, int(first)


def _cases(case: Any, places: list[int], codes: list[str], first: int) -> None:
    """Front pages spread over institutions, doctors, months and persons."""
    seat = f"(n / {len(places)}) % {PEOPLE}"
    ago = f"(n / {len(places) * PEOPLE}) % {MONTHS}"
    month = f"(date '{LAST}' - make_interval(months => ({ago})::int))"
    left = f"({month} + make_interval(days => (n % 27)::int, hours => 10))"
    change = {
        "institution_id": f"(array{places})[1 + n % {len(places)}]",
        "department_code": f"'D' || (({seat}) % {ROOMS})",
        "recorded": "jsonb_build_object('doctors', jsonb_build_object('B25', '医' || "
        f"(array{codes})[1 + n % {len(codes)}] || '-' || ({seat})))",
        "month": f"{month}::date",
        "discharged_at": f"({left} at time zone 'Asia/Shanghai')",
        "admitted_at": f"(({left} - make_interval(days => (3 + n % 9)::int)) at time zone 'Asia/Shanghai')",
        "stay_days": "3 + n % 9",
        "person_id": f"{first} + (n::bigint * 104729) % {PERSONS}",
        "record_no": "'C' || n",
        "total_fen": "200000 + (n::bigint * 7919) % 900000",
        "discharge_way": "case when n % 97 = 0 then 5 else 1 end",
    }
    cloning.clone(case, CASES, {name: text.replace("%", "%%") for name, text in change.items()})


def _groups(scheme: int) -> None:
    """Results of the cases of the month and of the year before; other months are never read."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "insert into grouping_groupedcase"
            " (alliance_id, case_id, revision, mdc, adrg, drg, status, weight, scheme_id)"
            " select alliance_id, id, revision, 'A', 'A' || id %% %(groups)s, 'A' || id %% %(groups)s,"
            " 'grouped', 0.5 + (id %% 30) / 10.0, %(scheme)s"
            " from grouping_case where month = any(%(months)s)",
            {"groups": GROUPS, "scheme": scheme, "months": [LAST, LAST.replace(year=LAST.year - 1)]},
        )
