"""The metrics oracle through the product: six hospital files, a city's package, every row of the table.

The oracle counts every front page. A few of them carry principal codes that the package's dictionary does not
have, and the product rightly refuses such rows; so the package is imported with these codes in its dictionary
(they are on no list, so they change no group), as an office completes its city's package.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.test import override_settings

from alliance.lib.period import Month
from alliance.models import Institution
from alliance.services import jobs
from grouping import facts
from grouping.engine.metrics import Tally, columns
from grouping.metrics import facts as metrics
from grouping.metrics import rollup
from grouping.models import BadRow, Case, CaseFile, RolledMonth, StaleMark
from grouping.services import intake, publishing
from tests.grouping.scene import TODAY, inside
from tests.grouping.schemes import imported, put_in_force
from tests.shared import shared
from tests.world import World, make_world

MONTHS = (Month(2026, 9), Month(2026, 10))
SCHEME = "grouping/schemes/chs_drg_11"
Key = tuple[str, str, str, str]  # level, hospital, month, key


@dataclass
class Sums:
    """What one row of the oracle sums up; money in fen, weights exact."""

    submitted: int = 0
    grouped: int = 0
    ungrouped: int = 0
    ambiguous: int = 0
    weighted_cases: int = 0
    total_weight: Decimal = Decimal(0)
    stay_days: int = 0
    cost_fen: int = 0
    deaths: int = 0

    def __iadd__(self, other: Sums) -> Sums:
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))
        return self


def front_pages() -> list[Path]:
    """The six clean exports: three hospitals, two months, both encodings."""
    found = sorted(shared("grouping/hqms/chs_drg_11").glob("hqms_*.csv"))
    assert len(found) == 6
    return found


def principal_codes(files: Iterable[Path]) -> set[str]:
    """Every principal diagnosis of the files."""
    codes: set[str] = set()
    for path in files:
        encoding = "gb18030" if path.stem.endswith("202610") else "utf-8-sig"
        with path.open(encoding=encoding, newline="") as lines:
            codes |= {row["C03C"] for row in csv.DictReader(lines)}
    return codes


def package_zip(codes: set[str]) -> bytes:
    """The package as a zip, its dictionary completed by the codes it lacks."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(shared(SCHEME).iterdir()):
            text = path.read_text(encoding="utf-8-sig")
            if path.name == "diagnoses.csv":
                known = {row[0] for row in csv.reader(io.StringIO(text))}
                lacking = sorted(codes - known)
                assert lacking, "the package knows every code: the test needs no completion any more"
                text = text.rstrip("\r\n") + "\n" + "".join(f"{code},补登\n" for code in lacking)
            archive.writestr(f"package/{path.name}", text)
    return body.getvalue()


@pytest.fixture
def cast(own_database: str, tmp_path: Path) -> Iterator[World]:
    """The cast with the three hospitals of the files, in a database with real commits."""
    with override_settings(MEDIA_ROOT=tmp_path):
        world = make_world()
        with inside(world):
            for number, row in enumerate(hospitals()):
                Institution.objects.create(
                    code=f"M{number:02}", organisation=row["code"], name=row["name"], short_name=row["name"],
                    level="secondary", kind="general",
                )  # fmt: skip
        yield world


def hospitals() -> list[dict[str, str]]:
    with shared("grouping/hqms/hospitals.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def take_in(world: World, files: list[Path]) -> None:
    """Import the package, deliver, check, store and group the six files as the office does."""
    zipped = package_zip(principal_codes(files))
    put_in_force(world, imported(world, zipped, "chs.zip"), date(2026, 1, 1))
    with inside(world):
        for path in files:
            intake.receive_file(by=world.luo, name=path.name, content=[path.read_bytes()], today=TODAY)
    jobs.drain(world.qinghe)
    with inside(world):
        assert BadRow.objects.count() == 0
        for file in CaseFile.objects.order_by("pk"):
            publishing.publish(by=world.luo, file=file)
    assert {job.state for job in jobs.drain(world.qinghe)} == {"done"}


def measured() -> dict[Key, Sums]:
    """Every row of the oracle, summed over the cases the facts are made of."""
    sums: defaultdict[Key, Sums] = defaultdict(Sums)
    columns = ("institution__organisation", "department_code", "drg", "group_status", "weight", "stay_days",
               "total_fen", "discharge_way")  # fmt: skip
    for month in MONTHS:
        for place, room, drg, status, weight, days, fen, way in facts.cases(month).values_list(*columns):
            one = Sums(
                1, status == "grouped", status == "ungroupable", status == "ambiguous",
                status == "grouped" and weight is not None,
                weight if status == "grouped" and weight is not None else Decimal(0), days, fen, way == 5,
            )  # fmt: skip
            keys = [("alliance", "", ""), ("hospital", place, ""), ("department", place, room)]
            if status == "grouped":
                keys += [("drg", place, drg)]
            for level, hospital, key in keys:
                sums[level, hospital, str(month), key] += one
    return dict(sums)


def rounded(value: Fraction, places: int) -> Decimal:
    """Half-up once from the exact fraction."""
    scaled = value * 10**places
    whole = Decimal(scaled.numerator) / scaled.denominator
    return whole.quantize(Decimal(1), ROUND_HALF_UP).scaleb(-places)


def as_written(sums: Sums) -> dict[str, str]:
    """The columns of the oracle that the road shows, as the oracle writes them."""
    weight, n = sums.total_weight.normalize(), sums.submitted
    cmi = rounded(Fraction(sums.total_weight) / sums.weighted_cases, 4) if sums.weighted_cases else ""
    return {
        **{name: str(int(getattr(sums, name))) for name in (
            "submitted", "grouped", "ungrouped", "ambiguous", "weighted_cases", "stay_days", "cost_fen",
            "deaths",
        )},
        "total_weight": f"{weight:f}" if sums.weighted_cases else "", "cmi": str(cmi),
        "mean_stay": str(rounded(Fraction(sums.stay_days, n), 2)),
        "mean_cost_fen": str(rounded(Fraction(sums.cost_fen, n), 0)),
    }  # fmt: skip


def expected() -> dict[Key, Mapping[str, str]]:
    with shared("oracles/metrics/expected.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {(row["level"], row["hospital"], row["month"], row["key"]): row for row in rows}


def same_as_facts(world: World, sums: Mapping[Key, Sums]) -> None:
    """The facts, summed by the database, say what the cases behind them say."""
    organisations = dict(Institution.objects.values_list("pk", "organisation"))
    for month in MONTHS:
        for fact in facts.case_facts(month):
            one = sums["hospital", organisations[fact.institution_id], str(month), ""]
            assert (fact.discharges, fact.grouped, fact.ungrouped, fact.ambiguous, fact.weighted_cases) == (
                one.submitted, one.grouped, one.ungrouped, one.ambiguous, one.weighted_cases,
            )  # fmt: skip
            assert (fact.total_weight, fact.stay_days, fact.cost_fen, fact.deaths, fact.pending) == (
                one.total_weight, one.stay_days, one.cost_fen, one.deaths, 0,
            )  # fmt: skip


@pytest.mark.slow
def test_the_metrics_of_six_files_equal_the_oracle_row_by_row(cast: World) -> None:
    wanted = expected()
    take_in(cast, front_pages())
    with inside(cast):
        assert Case.objects.count() == sum(
            int(row["submitted"]) for key, row in wanted.items() if key[0] == "alliance"
        )
        sums = measured()
        same_as_facts(cast, sums)
    assert sums.keys() == wanted.keys()
    written = {key: as_written(one) for key, one in sums.items()}
    wrong = [
        (key, name, value, wanted[key][name])
        for key, row in written.items()
        for name, value in row.items()
        if value != wanted[key][name]
    ]
    assert not wrong, wrong[:10]


def rolled_up() -> dict[Key, Tally]:
    """Every row of the oracle from the stored roll-up; the benchmark is both months together."""
    norms = metrics.own_norms(MONTHS)
    organisations = dict(Institution.objects.values_list("pk", "organisation")) | {0: ""}
    found: dict[Key, Tally] = {}
    levels = {"alliance": "alliance", "institution": "hospital", "department": "department", "drg": "drg"}
    for month in MONTHS:
        for level, name in levels.items():
            for (place, key), sums in metrics.full_tallies([month], level, norms).items():
                found[name, organisations[place], str(month), key] = sums
    return found


@pytest.mark.slow
def test_the_stored_roll_up_equals_the_oracle_in_every_column(cast: World) -> None:
    wanted = expected()
    take_in(cast, front_pages())
    with inside(cast):
        assert [rollup.state(month).stale for month in MONTHS] == [False, False]
        norms = metrics.own_norms(MONTHS)
        found = rolled_up()
    assert found.keys() == wanted.keys()
    wrong = []
    for place, sums in found.items():
        row = columns(sums, norms)
        for name, text in wanted[place].items():
            if name in ("level", "hospital", "month", "key"):
                continue
            value = row[name]
            if name == "total_weight" and value is not None:
                value = format(Decimal(value).normalize(), "f")
            if ("" if value is None else str(value)) != text:
                wrong.append((place, name, value, text))
    assert not wrong, wrong[:10]
    a_correction_refreshes_only_its_month(cast)


def a_correction_refreshes_only_its_month(world: World) -> None:
    """A case that moves from October to September makes both stale, and a third month is never read."""
    september, october = MONTHS
    with inside(world):
        before = {row.month: row.refreshed_at for row in RolledMonth.objects.all()}
        one = Case.objects.filter(month=october.first_day).order_by("pk").first()
        assert one is not None
        Case.objects.filter(pk=one.pk).update(total_fen=one.total_fen + 100)
        assert rollup.stale_months() == [october]
        assert rollup.state(october).stale and not rollup.state(september).stale
        cost = metrics.tallies([october], "alliance")[0, ""].cost_fen
        rollup.enqueue_refresh(by=None)
    assert {job.state for job in jobs.drain(world.qinghe)} == {"done"}
    with inside(world):
        after = {row.month: row.refreshed_at for row in RolledMonth.objects.all()}
        assert after[september.first_day] == before[september.first_day]
        assert after[october.first_day] > before[october.first_day]
        assert metrics.tallies([october], "alliance")[0, ""].cost_fen == cost + 100
        Case.objects.filter(pk=one.pk).update(month=september.first_day)
        assert rollup.stale_months() == [september, october]
        assert StaleMark.objects.count() == 2
