"""The reference schemes, their oracles and the example of the format: no difference allowed."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from grouping.engine.interpreter import explain
from grouping.engine.rules import render
from grouping.engine.scheme import Scheme, read_scheme, warnings
from tests.engines.grouping.both import group, group_file
from tests.engines.grouping.tiny import TINY, case, write
from tests.shared import shared


@pytest.mark.parametrize(("prefix", "count"), [("", 20_000), ("edge_", 2_600)])
def test_every_case_of_the_oracle_comes_to_its_group(
    reference: Scheme, prefix: str, count: int, tmp_path: Path
) -> None:
    oracle = shared(f"grouping/oracle/{prefix}{reference.head.code}.csv")
    counts = group_file(reference, oracle, tmp_path / "out.csv")
    with oracle.open(encoding="utf-8", newline="") as lines:
        expected = [
            (row["case_no"], row["expected_mdc"], row["expected_adrg"], row["expected_drg"])
            for row in csv.DictReader(lines)
        ]
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows[0] == ["case_no", "mdc", "adrg", "drg", "status"]
    wrong = [(row, want) for row, want in zip(rows[1:], expected, strict=True) if tuple(row[:4]) != want]
    assert wrong == []
    assert len(expected) == count == counts.total()
    assert Counter(row[4] for row in rows[1:]) == counts
    assert all((row[4] == "ungroupable") == (row[1] == row[2] == "") for row in rows[1:])


def test_a_reference_package_has_the_warnings_it_is_known_for(reference: Scheme) -> None:
    kinds = {problem.kind for problem in warnings(reference)}
    known = {"chs_drg_11": {"no_weight", "unknown_code"}, "zhejiang_2022": {"unknown_code", "unreachable"}}
    assert kinds == known[reference.head.code]


def example() -> dict[str, list[str]]:
    """The rows shown in section 8 of the format, by file."""
    text = shared("grouping/FORMAT.md").read_text(encoding="utf-8")
    block = text.split("## 8. Example")[1].split("```")[1]
    rows: dict[str, list[str]] = {}
    file = ""
    for line in block.splitlines():
        for part in re.split(r"\s{3,}", line.strip()):
            named = re.match(r"(\w+\.csv)\s+(.*)", part) or re.match(r"(\w+\.csv)()$", part)
            file, row = named.groups() if named else (file, part)
            if row and file:
                rows.setdefault(file, []).append(row)
    return rows


def test_the_example_of_the_format_groups_as_it_says(tmp_path: Path) -> None:
    rows = example()
    assert {file: len(lines) for file, lines in rows.items()} == {
        "mdc.csv": 3,
        "adrg.csv": 4,
        "drg.csv": 3,
        "lists.csv": 3,
        "cc.csv": 1,
        "exclusion.csv": 1,
    }
    files = dict(TINY) | {name: TINY[name].splitlines()[0] + "\n" for name in TINY if name.endswith(".csv")}
    # What the example leaves out: two MDCs, the way into GC1 and the lists its rules name.
    rows["mdc.csv"] += ["MDCG,,principal in MDCG", "MDCJ,,true"]
    rows["adrg.csv"] += ["MDCG,1,GC1,,surgical,main_procedure in GC1.procedures,next"]
    rows["lists.csv"] += [
        "MDCG,diagnosis,K22.301",
        "GC1.procedures,procedure,42.0902",
        "valid,procedure,42.0902",
    ]
    rows["lists.csv"] += ["MDCZ,diagnosis,S06.200", "AC1.procedures2,procedure,55.6900"]
    rows["lists.csv"] += ["PR1.diagnoses,diagnosis,P22.000", "JA1.diagnoses,diagnosis,C50.900"]
    rows["lists.csv"] += [f"JA1.class{n},procedure,85.{n}000" for n in (2, 3, 4)]
    for name, lines in rows.items():
        files[name] += "".join(f"{line}\n" for line in lines)
    order = '["MDCA", "MDCP", "MDCZ", "MDCG", "MDCJ"]'
    files["scheme.toml"] = re.sub(r"mdc_order = .*", f"mdc_order = {order}", files["scheme.toml"])
    scheme = read_scheme(write(tmp_path / "example", files))

    shown = case("K22.301 J94.801 J96.900x001", "42.0902")
    result = group(scheme, shown)
    assert (result.mdc, result.adrg, result.drg, str(result.weight)) == ("MDCG", "GC1", "GC11", "5.64294")
    trace = explain(scheme, shown)
    assert trace.principal_group == "111"
    assert [(s.code, s.level, s.group, s.counts) for s in trace.secondaries] == [
        ("J94.801", "", "", False),
        ("J96.900x001", "MCC", "109", True),
    ]
    both = case("K22.301", "52.8000 55.6900")
    assert group(scheme, both).adrg == ""
    assert render(scheme.adrgs["MDCA"][0].rule) == scheme.adrgs["MDCA"][0].text


def test_the_combination_rule_of_the_example(tmp_path: Path) -> None:
    (text,) = [row.split(",")[5] for row in example()["adrg.csv"] if ",JA1," in row]
    files = dict(TINY)
    files["mdc.csv"] = "mdc,name,rule\nMDCJ,,true\n"
    files["adrg.csv"] = TINY["adrg.csv"].splitlines()[0] + f"\nMDCJ,1,JA1,,surgical,{text},adrg\n"
    files["drg.csv"] = TINY["drg.csv"].splitlines()[0] + "\n"
    files["lists.csv"] = "list,kind,code\nJA1.diagnoses,diagnosis,C50.900\n" + "".join(
        f"JA1.class{n},procedure,85.{n}000\n" for n in (1, 2, 3, 4)
    )
    files["scheme.toml"] = re.sub(r"mdc_order = .*", 'mdc_order = ["MDCJ"]', files["scheme.toml"])
    scheme = read_scheme(write(tmp_path / "combination", files))
    for classes, caught in (
        ("12", True),
        ("21", True),
        ("134", True),
        ("13", False),
        ("234", False),
        ("1", False),
    ):
        procedures = " ".join(f"85.{n}000" for n in classes)
        assert bool(group(scheme, case("C50.900", procedures)).adrg) is caught
        assert not group(scheme, case("C50.100", procedures)).adrg
