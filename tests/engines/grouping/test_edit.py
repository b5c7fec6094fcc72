"""A package with other weights is what reading its changed files gives, digest and all."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from grouping.engine.edit import with_groups
from grouping.engine.package import open_package
from grouping.engine.rows import Scheme
from grouping.engine.scheme import NAMES, digest_of, read_files, said
from grouping.engine.tables import TABLES
from grouping.engine.write import read_table, with_values, written

SHIPPED = Path(__file__).resolve().parents[3] / "grouping" / "schemes" / "xietong_demo"


def plain(scheme: Scheme) -> dict[str, object]:
    """Everything a package says, rows by value: they compare by identity."""
    found = dataclasses.asdict(dataclasses.replace(scheme, mdcs=(), adrgs={}, drgs={}))
    rows = {
        adrg: [
            {**dataclasses.asdict(dataclasses.replace(row, rule=None)), "rule": repr(row.rule)}
            for row in rows
        ]
        for adrg, rows in scheme.drgs.items()
    }
    return found | {"drgs": rows, "adrgs": repr(scheme.adrgs), "mdcs": repr(scheme.mdcs)}


@pytest.mark.parametrize(
    "changes",
    [
        {"ES21": {"weight": "1.2300"}},
        {"ES21": {"weight": "", "note": "委员会 2026-11"}, "FR21": {"note": 'a,"b"'}},
        {"FR21": {"weight": "0.50"}},
    ],
)
def test_a_package_with_other_weights_is_what_its_files_say(changes: dict[str, dict[str, str]]) -> None:
    files = written(open_package(SHIPPED, NAMES))
    old = read_files(files)
    changed = {**files, "drg.csv": with_values("drg.csv", files["drg.csv"], changes)}
    told = (said(t.file, read_table(t, changed[t.file]) if t.file in changed else ()) for t in TABLES)
    new = with_groups(old, changes, digest_of(old.head, told))
    again = read_files(changed)
    assert new.digest == again.digest != old.digest
    assert plain(new) == plain(again)
