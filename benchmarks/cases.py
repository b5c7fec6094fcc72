"""Cases to measure with: reference files where they are (SHARED_DIR), else made from the scheme's lists."""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import ROOT
from grouping.engine.case import Case
from grouping.engine.casefile import COLUMNS, read_cases
from grouping.engine.rows import Scheme

SHARED = Path(os.environ.get("SHARED_DIR", ROOT.parent / "shared")) / "grouping"
SHIPPED = ROOT / "grouping" / "schemes"
MADE = 20_000


def packages() -> list[Path]:
    """The reference packages that are there, and the one that ships with the product."""
    found = [SHARED / "schemes" / name for name in ("chs_drg_11", "zhejiang_2022")]
    return [path for path in found if path.is_dir()] + [SHIPPED / "xietong_demo"]


def sets(code: str, scheme: Scheme) -> dict[str, list[Case]]:
    """Sets of cases for a scheme, by name: edge cases, the even mix of its oracle, hospitals', made ones."""
    found: dict[str, list[Case]] = {}
    for name, path in (
        ("edge cases", SHARED / "oracle" / f"edge_{code}.csv"),
        ("oracle, every group", SHARED / "oracle" / f"{code}.csv"),
        ("oracle, every group", SHIPPED / "oracle" / f"{code}.csv"),
    ):
        if path.exists():
            with path.open(encoding="utf-8", newline="") as lines:
                found[name] = list(read_cases(lines, []))
    hospitals = [
        case for path in sorted((SHARED / "hqms" / code).glob("*.csv")) for case in _front_pages(path)
    ]
    if hospitals:
        found["hospital files"] = hospitals
    return found | {"made at random": made(scheme)}


def _front_pages(path: Path) -> Iterator[Case]:
    """The fields that grouping asks of a hospital's front-page export."""
    mark = path.open("rb").read(3) == b"\xef\xbb\xbf"
    with path.open(encoding="utf-8-sig" if mark else "gb18030", newline="") as lines:
        for row in csv.DictReader(lines):
            others = (row[name] for name in row if name.startswith("C06x") and name.endswith("C"))
            procedures = [row["C14x01C"], *(row[f"C35x{n:02}C"] for n in range(1, 41))]
            yield Case(
                sex=_whole(row["A12C"]), age=_whole(row["A14"]), age_days=_whole(row["A16"]),
                weight=_whole(row["A18x01"]), los=_whole(row["B20"]), department=row["B16C"] or None,
                discharge=_whole(row["B34C"]), diagnoses=_filled([row["C03C"], *others]),
                procedures=_filled(procedures),
            )  # fmt: skip


def _whole(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _filled(cells: list[str]) -> tuple[str, ...]:
    return tuple(cell for cell in cells if cell not in ("", "-", "—"))


def made(scheme: Scheme, count: int = MADE) -> list[Case]:
    """Cases at random from the scheme's lists: few codes are frequent, as in a hospital."""
    by = random.Random(1)
    pool: dict[str, list[str]] = {"diagnosis": [], "procedure": []}
    for _, members in sorted(scheme.lists.items()):
        pool[members.kind] += sorted(members.codes)
    for codes in pool.values():
        by.shuffle(codes)

    def some(kind: str, most: int) -> tuple[str, ...]:
        codes = pool[kind]
        return tuple(codes[int(len(codes) * by.random() ** 3)] for _ in range(by.randrange(most)))

    return [
        Case(
            sex=by.choice((1, 2)), age=by.randrange(95), los=by.randrange(1, 30), discharge=1,
            department="03", diagnoses=some("diagnosis", 12) or some("diagnosis", 3),
            procedures=some("procedure", 5),
        )
        for _ in range(count)
    ]  # fmt: skip


def write(path: Path, cases: list[Case], times: int) -> int:
    """Write the cases, over and over, as a case file; return how many rows it has."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for turn in range(times):
            for number, case in enumerate(cases):
                writer.writerow(
                    [f"{turn}-{number}", case.sex, case.age, case.age_days, case.weight, case.los,
                     case.department, case.discharge, case.icu_hours, "|".join(case.diagnoses),
                     "|".join(case.procedures)]
                )  # fmt: skip
    return len(cases) * times
