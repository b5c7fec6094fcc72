"""The demonstration, built and written once for the tests of this folder."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from alliance.demo import DeliveredFile, Demo, build, write_files
from alliance.demo.books import CaseFile

Row = dict[str, str]


@pytest.fixture(scope="session")
def demo() -> Demo:
    return build()


@pytest.fixture(scope="session")
def delivered(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> list[DeliveredFile]:
    return write_files(demo, tmp_path_factory.mktemp("case files"))


@pytest.fixture(scope="session")
def current(delivered: list[DeliveredFile]) -> list[DeliveredFile]:
    """The files that stand once every delivery has come."""
    replaced = {file.corrects for file in delivered}
    return [file for file in delivered if file.path.name not in replaced]


@pytest.fixture(scope="session")
def pages(demo: Demo, current: list[DeliveredFile]) -> dict[str, list[Row]]:
    """Alliance -> the sound rows of its current files, as read from disk."""
    planned = {(code, file.name): file for code, a in demo.alliances.items() for file in a.files}
    found: dict[str, list[Row]] = {code: [] for code in demo.alliances}
    for file in current:
        found[file.alliance] += _sound(file, planned[file.alliance, file.path.name])
    return found


def _sound(file: DeliveredFile, planned: CaseFile) -> Iterator[Row]:
    bad = {row.line for row in planned.bad}
    for line, row in enumerate(read(file.path, file.encoding), 2):
        if line not in bad:
            yield row


def read(path: Path, encoding: str) -> list[Row]:
    with path.open(encoding=encoding, newline="") as lines:
        return list(csv.DictReader(lines))
