"""Files in pieces: the same bytes as from one process, wherever the cuts fall."""

import csv
import io
import random
from pathlib import Path

import pytest

from grouping.engine import quickfile
from grouping.engine.casefile import COLUMNS
from grouping.engine.pieces import split
from grouping.engine.problems import CaseFileError
from grouping.engine.quickfile import group_file as group_quickly
from grouping.engine.scheme import Scheme
from tests.engines.grouping.both import group_file
from tests.engines.grouping.tiny import read

DEPARTMENTS = ["", "ICU", "儿科", 'a "b" c', "two\nlines", "three\r\nmore\nlines", "a,b", '"', '""\n""']
CODES = ["I63.900", "I61.000", "P07.100", "S06.200", "J96.000", "E11.900", "Z99.900", " I63.900 "]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    return read(tmp_path_factory.mktemp("quickfile"))


def rows(by: random.Random, count: int) -> list[list[str]]:
    def some(values: list[str]) -> str:
        return by.choice(values)

    return [
        [
            some([f"c{number}", f"c,{number}", f'"{number}"', f"行{number}"]),
            some(["", "1", "2"]),
            some(["0", "60", ""]),
            some(["", "5"]),
            some(["", "0", "900", "1499.9"]),
            some(["1", "7.5"]),
            some(DEPARTMENTS),
            some(["1", "5", ""]),
            some(["", "0", "12.5"]),
            "|".join(by.choices(CODES, k=by.randrange(4))),
            "|".join(by.choices(["01.1000", "01.2000", "02.1000", "99.9900"], k=by.randrange(3))),
        ]
        for number in range(count)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("seed", range(4))
def test_line_ends_inside_quotes_end_no_piece(encoding: str, seed: int, tiny: Scheme, tmp_path: Path) -> None:
    by = random.Random(seed)
    with (tmp_path / "in.csv").open("w", encoding=encoding, newline="") as out:
        quoting = by.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
        writer = csv.writer(out, lineterminator=by.choice(["\n", "\r\n"]), quoting=quoting)
        writer.writerows([list(COLUMNS), *rows(by, 400)])
    assert len(split(tmp_path / "in.csv", 12)) == 12
    assert group_file(tiny, tmp_path / "in.csv", tmp_path / "out.csv").total() == 400


def test_a_quote_that_misleads_the_cut_is_seen(tiny: Scheme, tmp_path: Path) -> None:
    """An odd quote inside a cell without quotes: counting takes the inside of later cells for the outside."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([list(COLUMNS), *rows(random.Random(7), 300)])
    lines = out.getvalue().splitlines(keepends=True)
    lines.insert(1, 'c,1,60,,,5,5" bed,1,,I63.900,\n')
    (tmp_path / "in.csv").write_text("".join(lines), encoding="utf-8", newline="")
    content = (tmp_path / "in.csv").read_bytes()
    cuts = [start for start, _ in split(tmp_path / "in.csv", 12)[1:]]
    assert any(content[:cut].count(b'"') % 2 == 0 for cut in cuts)
    assert group_file(tiny, tmp_path / "in.csv", tmp_path / "out.csv").total() == 301


def test_no_cut_where_everything_is_one_row(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(b'a,"' + b"x\n" * 5_000 + b'"\n')
    assert split(tmp_path / "in.csv", 8) == [(0, 10_005)]
    (tmp_path / "none.csv").write_bytes(b"")
    assert split(tmp_path / "none.csv", 8) == []


def test_a_fault_in_any_piece_is_reported_with_its_line(tiny: Scheme, tmp_path: Path) -> None:
    lines = [",".join(COLUMNS) + "\n", *(f"c{n},1,60,,,5,,1,,I63.900,\n" for n in range(500))]
    lines[400] = "bad,1,x,,,5,,1,,I63.900,\n"
    (tmp_path / "in.csv").write_text("".join(lines), encoding="utf-8")
    with pytest.raises(CaseFileError) as refused:
        group_file(tiny, tmp_path / "in.csv", tmp_path / "out.csv")
    (problem,) = refused.value.problems
    assert (problem.line, problem.column, problem.text) == (401, "age", "x")


def test_texts_are_remembered_within_bounds(
    tiny: Scheme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quickfile, "KNOWN", 10)
    lines = [",".join(COLUMNS) + "\n", *(f"c{n},1,{n},,{n}.5,5,,1,,I63.900,\n" for n in range(200))]
    (tmp_path / "in.csv").write_text("".join(lines), encoding="utf-8")
    assert group_file(tiny, tmp_path / "in.csv", tmp_path / "out.csv").total() == 200


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_an_encoding_that_shows_late_in_the_file_is_found(
    encoding: str, processes: int, tiny: Scheme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first lines are ASCII and fit either; the department that tells them apart comes behind."""
    monkeypatch.setattr(quickfile, "BLOCK", 200)
    lines = [",".join(COLUMNS) + "\n", *(f"c{n},1,60,,,5,,1,,I63.900,\n" for n in range(500))]
    lines[400] = "病案,1,60,,,5,儿科,1,,I63.900,\n"
    (tmp_path / "in.csv").write_text("".join(lines), encoding=encoding)
    group_quickly(tiny, tmp_path / "in.csv", tmp_path / "out.csv", processes)
    out = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert len(out) == 501
    assert out[400].startswith("病案,MDCB,")
    assert group_file(tiny, tmp_path / "in.csv", tmp_path / "again.csv").total() == 500


@pytest.mark.parametrize("processes", [1, 2])
def test_bytes_of_no_encoding_are_said_before_faults_of_rows(
    processes: int, tiny: Scheme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quickfile, "BLOCK", 200)
    lines = [",".join(COLUMNS) + "\n", *(f"c{n},1,old,,,5,,1,,I63.900,\n" for n in range(500))]
    content = "".join(lines).encode()
    (tmp_path / "in.csv").write_bytes(content + b"c,1,60,,,5,\xff\xff,1,,,\n")
    with pytest.raises(CaseFileError) as refused:
        group_quickly(tiny, tmp_path / "in.csv", tmp_path / "out.csv", processes)
    (problem,) = refused.value.problems
    assert (problem.kind, problem.line) == ("case_encoding", 502)
    assert not (tmp_path / "out.csv").exists()
