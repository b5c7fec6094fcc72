"""The case files each institution delivers, and how they are written to disk."""

import csv
from collections import defaultdict
from io import StringIO
from pathlib import Path

from alliance.demo import front_page
from alliance.demo.books import BadRow, CaseFile, DeliveredFile, Demo, DemoAlliance
from alliance.demo.chance import stream
from alliance.demo.damage import FAULTS, NINE, Damaged, damage
from alliance.demo.plans import MONTHS, Draft
from alliance.demo.values import Place, Stay, StayKey
from alliance.lib.period import Month

# The file with nine bad rows comes in good shape a few days later, as a second file.
CORRECTED = ("lanchuan", "A02", Month(2026, 10))
_FEW = (
    "principal_one_level_short",
    "days_of_stay_conflict",
    "unknown_way_of_discharge",
    "principal_of_the_clinical_edition",
    "missing_principal",
    "parts_differ_from_total",
)
_LARGE = 300  # discharges a month from which a bad row or two leaves completeness above 98 %


def case_files(draft: Draft, stays: list[Stay], spared: frozenset[StayKey]) -> tuple[CaseFile, ...]:
    """Every file of an alliance in the order of delivery: by month, then institution."""
    found: defaultdict[tuple[Month, str], list[Stay]] = defaultdict(list)
    for stay in stays:
        found[stay.month, stay.institution.code].append(stay)
    files: list[CaseFile] = []
    for month in MONTHS:
        for place in draft.places:
            if own := found[month, place.code]:
                files += _files_of(draft.code, place, month, own, spared)
    return tuple(files)


def _files_of(
    alliance: str, place: Place, month: Month, stays: list[Stay], spared: frozenset[StayKey]
) -> list[CaseFile]:
    dice = stream(alliance, "faults", place.code, month)
    name = f"hqms_{place.organisation}_{month.year}{month.number:02d}"
    if (alliance, place.code, month) == CORRECTED:
        bad = _file(place, month, f"{name}.csv", damage(dice, stays, NINE, spared))
        good = _file(place, month, f"{name}_2.csv", damage(dice, stays, (), spared), corrects=bad.name)
        return [bad, good]
    kinds = tuple(dice.sample(_FEW, dice.randint(1, 3))) if len(stays) > _LARGE else ()
    return [_file(place, month, f"{name}.csv", damage(dice, stays, kinds, spared))]


def _file(place: Place, month: Month, name: str, rows: list[Damaged], corrects: str = "") -> CaseFile:
    bad = tuple(
        BadRow(line, FAULTS[row.kind].column, row.kind, row.stay.key.record_no)
        for line, row in enumerate(rows, 2)
        if row.kind
    )
    cells = tuple((row.stay, row.cells) for row in rows)
    return CaseFile(place.code, place.organisation, month, name, place.encoding, cells, bad, corrects)


def write_files(demo: Demo, folder: Path) -> list[DeliveredFile]:
    """Write every case file under `folder`/<alliance code>/; return what was written, in that order."""
    return [
        _write(alliance, file, folder / alliance.code)
        for alliance in demo.alliances.values()
        for file in alliance.files
    ]


def _write(alliance: DemoAlliance, file: CaseFile, folder: Path) -> DeliveredFile:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file.name
    path.write_bytes(content(file))
    return DeliveredFile(
        path=path,
        alliance=alliance.code,
        institution=file.institution,
        organisation=file.organisation,
        month=file.month,
        encoding=file.encoding,
        rows=len(file.rows),
        bad=len(file.bad),
        corrects=file.corrects,
    )


def content(file: CaseFile) -> bytes:
    """The bytes of a case file: header and rows, LF line ends, in the encoding its institution uses."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(front_page.HEADER)
    places = {column: place for place, column in enumerate(front_page.HEADER)}
    for stay, changes in file.rows:
        cells = front_page.row(stay)
        for column, value in changes:
            cells[places[column]] = value
        writer.writerow(cells)
    return text.getvalue().encode(file.encoding)
