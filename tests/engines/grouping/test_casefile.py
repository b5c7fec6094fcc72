"""Case files: every accepted form gives the same result, everything else is named by line and column."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grouping.engine.casefile import COLUMNS, MAX_PROBLEMS, read_cases
from grouping.engine.problems import CaseFileError, Problem
from grouping.engine.quickfile import group_file as group_quickly
from grouping.engine.scheme import Scheme
from tests.engines.grouping.both import group_file
from tests.engines.grouping.tiny import TINY, read, write, write_zip

ROOT = Path(__file__).resolve().parents[3]
HEADER = (
    "case_no,sex,age,age_days,weight,los,department,discharge,icu_hours,total_cost,diagnoses,procedures,"
    "expected_mdc,expected_adrg,expected_drg,peer_drg\n"
)
ROWS = """c2,1,60,,,5,重症,1,0,100.00,I61.000|E11.900,01.1000|02.1000,,,,
c1,2,0,3,900,5,,,,100.00,P07.100,,MDCX,XX1,XX19,XX19
"c,3",,,,0,,ICU,5,1.5,,I63.900,,,,,
c4,9,61,,,5,01,1,0,100.00,Z99.900,,,,,
c5,1,61,,,5,01,1,0,100.00,I63.900,99.9900|01.2000,,,,
"""
GROUPED = """case_no,mdc,adrg,drg,status
c2,MDCB,BB1,BB13,grouped
c1,MDCP,PS1,PS1,adrg_only
"c,3",MDCB,BR1,BR13,grouped
c4,,,0000,ungroupable
c5,MDCB,BQY,BQY,ambiguous
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    return read(tmp_path_factory.mktemp("casefile"))


def narrow(text: str) -> str:
    """The file without the cost and without the expected columns, in another order."""
    import csv

    rows = list(csv.DictReader(io.StringIO(text)))
    out = io.StringIO()
    writer = csv.DictWriter(out, sorted(COLUMNS), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        (HEADER + ROWS).encode(),
        (HEADER + ROWS).encode("utf-8-sig"),
        (HEADER + ROWS).encode("gb18030"),
        (HEADER + ROWS).replace("\n", "\r\n").encode(),
        (HEADER + ROWS.replace(",I63.900,", ", I63.900 ,").replace("|", " | ")).encode(),
        (HEADER + ROWS + "\n\n").encode(),
        narrow(HEADER + ROWS).encode(),
    ],
    ids=["utf-8", "byte-order mark", "gb18030", "CR LF", "blanks", "empty lines", "other columns"],
)
def test_a_case_file_is_grouped_in_its_order(content: bytes, tiny: Scheme, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(content)
    counts = group_file(tiny, tmp_path / "in.csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().decode("utf-8") == GROUPED
    assert counts == {"grouped": 2, "adrg_only": 1, "ungroupable": 1, "ambiguous": 1}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def row(**values: str) -> str:
    cells = dict(zip(HEADER.strip().split(","), ROWS.splitlines()[0].split(","), strict=True)) | values
    return ",".join(cells.values()) + "\n"


@pytest.mark.parametrize(
    ("bad", "column", "kind"),
    [
        (row(age="4o"), "age", "case_integer"),
        (row(age="-1"), "age", "case_integer"),
        (row(age="61.0"), "age", "case_integer"),
        (row(age="６１"), "age", "case_integer"),
        (row(sex="男"), "sex", "case_integer"),
        (row(age_days="1e3"), "age_days", "case_integer"),
        (row(discharge="1 2"), "discharge", "case_integer"),
        (row(weight="3.200kg"), "weight", "case_number"),
        (row(los="nan"), "los", "case_number"),
        (row(icu_hours="-"), "icu_hours", "case_number"),
        (row(diagnoses="|E11.900"), "diagnoses", "case_gap"),
        (row(procedures="01.1000|"), "procedures", "case_gap"),
        (row(department="a,b"), "", "case_width"),
        ("c9,1\n", "", "case_width"),
        ('c9,1,"open\n', "", "csv"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_and_nothing_is_written(
    bad: str, column: str, kind: str, tiny: Scheme, tmp_path: Path
) -> None:
    (tmp_path / "in.csv").write_text(HEADER + row(department='"two\nlines"') + bad, encoding="utf-8")
    (tmp_path / "out.csv").write_text("yesterday", encoding="utf-8")
    with pytest.raises(CaseFileError) as refused:
        group_file(tiny, tmp_path / "in.csv", tmp_path / "out.csv")
    (problem,) = refused.value.problems
    assert (problem.line, problem.column, problem.kind) == (4, column, kind)
    assert "line 4" in str(refused.value)
    assert column in str(refused.value)
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "yesterday"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_several_wrong_cells_are_named_together_but_not_without_end(tiny: Scheme, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(HEADER + row(age="x", sex="y") + row() + row(los="z"), encoding="utf-8")
    with pytest.raises(CaseFileError) as refused:
        group_file(tiny, tmp_path / "in.csv", tmp_path / "out.csv")
    assert [(p.line, p.column) for p in refused.value.problems] == [(2, "sex"), (2, "age"), (4, "los")]
    problems: list[Problem] = []
    assert not list(read_cases(io.StringIO(HEADER + row(age="x") * 1000), problems))
    assert len(problems) == MAX_PROBLEMS


@pytest.mark.parametrize(
    ("header", "column", "kind"),
    [
        (HEADER.replace("age_days,", ""), "age_days", "header_missing"),
        (HEADER.replace("peer_drg", "age"), "age", "header_twice"),
        (HEADER.replace("case_no", "Case_No"), "case_no", "header_missing"),
    ],
)
def test_a_header_without_a_column_is_refused(header: str, column: str, kind: str) -> None:
    problems: list[Problem] = []
    assert not list(read_cases(io.StringIO(header + ROWS), problems))
    assert [(p.line, p.column, p.kind) for p in problems] == [(1, column, kind)]


def test_an_empty_file_lacks_every_column() -> None:
    problems: list[Problem] = []
    assert not list(read_cases(io.StringIO(""), problems))
    assert [p.column for p in problems] == list(COLUMNS)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ((HEADER + ROWS).encode("utf-16"), 1),
        ((HEADER + ROWS).encode() + b"c9,1,60,,,5,\xff\xff,1,0,1,I61.000,,,,,\n", 7),
        ((HEADER + ROWS).encode("utf-8-sig") + "c9,1,60,,,5,重症,1,0,1,I61.000,,,,,\n".encode("gb18030"), 7),
    ],
    ids=["utf-16", "no text at all", "mixed"],
)
def test_n17_bytes_that_are_no_text_are_refused_and_never_garbled(
    content: bytes, line: int, tiny: Scheme, tmp_path: Path
) -> None:
    (tmp_path / "in.csv").write_bytes(content)
    with pytest.raises(CaseFileError) as refused:
        group_file(tiny, tmp_path / "in.csv", tmp_path / "out.csv")
    (problem,) = refused.value.problems
    assert (problem.line, problem.kind) == (line, "case_encoding")
    assert not (tmp_path / "out.csv").exists()


def test_n21_texts_that_look_like_formulas_stay_texts(tiny: Scheme, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(HEADER + row(case_no="=cmd") + row(case_no="＝1+1"), encoding="utf-8")
    group_file(tiny, tmp_path / "in.csv", tmp_path / "out.csv")
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["=cmd", "＝1+1"]


def test_memory_does_not_grow_with_the_file(tiny: Scheme, tmp_path: Path) -> None:
    import tracemalloc

    peaks = []
    for size in (2_000, 20_000):
        (tmp_path / "in.csv").write_text(HEADER + row() * size, encoding="utf-8")
        tracemalloc.start()
        group_quickly(tiny, tmp_path / "in.csv", tmp_path / "out.csv")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 8 * 2**20


def run(*arguments: str | Path, state: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "REDIS"))
    }
    environment["STATE_DIR"] = str(state)
    command = [sys.executable, str(ROOT / "manage.py"), "group_file", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=state, timeout=120)


def test_the_command_works_without_any_database(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (tmp_path / "in.csv").write_text(HEADER + ROWS, encoding="gb18030")
    for scheme in (write(tmp_path / "tiny", TINY), write_zip(tmp_path / "tiny.zip", TINY, "tiny/")):
        done = run("--scheme", scheme, "--out", tmp_path / "out.csv", tmp_path / "in.csv", state=state)
        assert (done.returncode, done.stderr) == (0, "")
        assert "5 cases" in done.stdout
        assert (tmp_path / "out.csv").read_text(encoding="utf-8") == GROUPED
        (tmp_path / "out.csv").unlink()
    assert not (state / "postgres").exists()


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    scheme = write(tmp_path / "tiny", TINY)
    (tmp_path / "in.csv").write_text(HEADER + row(age="x"), encoding="utf-8")
    done = run("--scheme", scheme, "--out", tmp_path / "out.csv", tmp_path / "in.csv", state=tmp_path)
    assert done.returncode == 1
    assert "line 2, column age: 'x'" in done.stderr
    assert "Traceback" not in done.stderr
    done = run("--scheme", scheme, "--out", tmp_path / "in.csv", tmp_path / "in.csv", state=tmp_path)
    assert done.returncode == 1
    assert "another name" in done.stderr
    (scheme / "cc.csv").unlink()
    done = run("--scheme", scheme, "--out", tmp_path / "out.csv", tmp_path / "in.csv", state=tmp_path)
    assert "cc.csv: the package lacks this file" in done.stderr
    assert not (tmp_path / "out.csv").exists()
