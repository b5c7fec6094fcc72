"""Packages whose faults lie in how they are packed, and warnings of sound ones: one builder a kind."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.engines.grouping.tiny import TINY, with_rows, with_text, write, write_zip

Builder = Callable[[Path], Path]  # a folder of the test -> the package


def _damaged(folder: Path) -> Path:
    path = write_zip(folder / "cut.zip", TINY)
    path.write_bytes(path.read_bytes()[:400])
    return path


def _many(folder: Path) -> Path:
    return write_zip(folder / "two.zip", {**TINY, "other/scheme.toml": TINY["scheme.toml"]})


def _outside(folder: Path) -> Path:
    return write_zip(folder / "out.zip", {**TINY, "../mdc.csv": "x"})


def _twice(folder: Path) -> Path:
    path = write_zip(folder / "twice.zip", TINY)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("./mdc.csv", "x")
    return path


def _packed(folder: Path) -> Path:
    path = folder / "bzip.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        for name, text in TINY.items():
            archive.writestr(name, text)
    return path


def _absent(folder: Path) -> Path:
    return folder / "absent"


def _encoded(folder: Path) -> Path:
    return write(folder / "gbk", {**TINY, "mdc.csv": TINY["mdc.csv"].encode("gb18030")})


PACKED: Mapping[str, tuple[Builder, str]] = {
    "a zip that was cut": (_damaged, "zip_damaged"),
    "two packages in one zip": (_many, "zip_many"),
    "a path out of the package": (_outside, "zip_outside"),
    "a member twice": (_twice, "zip_twice"),
    "another compression": (_packed, "zip_packed"),
    "no package at all": (_absent, "no_package"),
    "another encoding": (_encoded, "encoding"),
}

WARNED = {
    "row after true": (with_rows("drg.csv", "BR1,4,BR17,,mcc,1,"), ("drg.csv", 10, "rule", "unreachable")),
    "ADRG that catches nothing": (
        with_rows("adrg.csv", "MDCB,4,BS1,,medical,true,next"),
        ("adrg.csv", 8, "when_no_drg", "without_drg"),
    ),
    "unused list": (
        with_rows("lists.csv", "X.old,diagnosis,I61.000"),
        ("lists.csv", 11, "list", "unused_list"),
    ),
    "diagnosis unknown": (
        with_rows("lists.csv", "MDCB,diagnosis,I64.x00"),
        ("lists.csv", 11, "code", "unknown_code"),
    ),
    "procedure unknown": (
        with_rows("lists.csv", "valid,procedure,03.1"),
        ("lists.csv", 11, "code", "unknown_code"),
    ),
    "no weight": (with_text("drg.csv", "12.50", ""), ("drg.csv", 2, "weight", "no_weight")),
    "diagnosis as a power of ten": (
        with_rows("cc.csv", "1.1E+17,CC,7"),
        ("cc.csv", 7, "code", "damaged_code"),
    ),
    "diagnosis as a number": (
        with_rows("exclusion.csv", "44927,7"),
        ("exclusion.csv", 4, "principal", "damaged_code"),
    ),
    "diagnosis as a day": (with_rows("sites.csv", "2023-01-05,头"), ("sites.csv", 5, "code", "damaged_code")),
    "diagnosis as a fraction": (
        with_rows("diagnosis_map.csv", "A01,0.55"),
        ("diagnosis_map.csv", 3, "insurance", "damaged_code"),
    ),
    "group as a power of ten": (
        with_text("drg.csv", "ZZ1,1,ZZ19", "ZZ1,1,2.00E+19"),
        ("drg.csv", 3, "drg", "damaged_code"),
    ),
}
