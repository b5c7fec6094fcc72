"""Reading a package: what it must refuse and where, what makes no difference, its digest, its warnings."""

import struct
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from grouping.engine import package as package_files
from grouping.engine.inspection import inspect
from grouping.engine.problems import REASONS
from grouping.engine.remedies import REMEDIES
from grouping.engine.scheme import SchemeError, read_scheme, warnings
from grouping.versions.kinds import KINDS
from tests.engines.grouping.packed import PACKED, WARNED
from tests.engines.grouping.refused import REFUSED
from tests.engines.grouping.tiny import TINY, Files, read, with_rows, with_text, write, write_zip

HEAD = "scheme.toml"


def head(old: str, new: str) -> dict[str, str]:
    return with_text(HEAD, old, new)


def found(error: SchemeError) -> list[tuple[str, int | None, str, str]]:
    return [(problem.file, problem.line, problem.column, problem.kind) for problem in error.problems]


@pytest.mark.parametrize("name", REFUSED)
def test_a_package_that_breaks_the_format_is_refused_at_the_very_place(name: str, tmp_path: Path) -> None:
    files, expected = REFUSED[name]
    with pytest.raises(SchemeError) as refused:
        read(tmp_path, files)
    assert found(refused.value) == [expected]
    for problem in refused.value.problems:
        assert problem.file in str(problem)
        assert problem.reason in str(refused.value)


def test_an_empty_file_lacks_its_columns(tmp_path: Path) -> None:
    with pytest.raises(SchemeError) as refused:
        read(tmp_path, {**TINY, "sites.csv": ""})
    assert found(refused.value) == [("sites.csv", 1, c, "header_missing") for c in ("code", "site")]


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    files = with_rows("cc.csv", "A01,CCC,1", base=with_text("mdc.csv", "age == 0", "age = 0"))
    with pytest.raises(SchemeError) as refused:
        read(tmp_path, files)
    assert found(refused.value) == [
        ("cc.csv", 7, "level", "one_of"),
        ("mdc.csv", 3, "rule", "rule_unreadable"),
    ]
    assert refused.value.problems[1].text == "principal in MDCP and age = 0"


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    bad = {**TINY, "mdc.csv": TINY["mdc.csv"].encode("gb18030")}
    with pytest.raises(SchemeError) as refused:
        read_scheme(write(tmp_path / "package", bad))
    assert found(refused.value) == [("mdc.csv", 2, "", "encoding")]


def test_line_numbers_hold_after_a_cell_of_several_lines(tmp_path: Path) -> None:
    with pytest.raises(SchemeError) as refused:
        read(tmp_path, with_rows("drg.csv", 'BR1,4,BR17,"a\nb\nc",true,1,', "BR1,5,BR18,,tru,1,"))
    assert found(refused.value) == [("drg.csv", 13, "rule", "rule_word")]


def test_values_arrive_as_written(tmp_path: Path) -> None:
    scheme = read(tmp_path)
    weights = {drg.code: drg.weight for drgs in scheme.drgs.values() for drg in drgs}
    assert str(weights["BB13"]) == "3.4596710"
    assert weights["AA19"] == Decimal("12.5")
    assert str(weights["AA19"]) == "12.50"
    assert [mdc.code for mdc in scheme.mdcs] == ["MDCA", "MDCP", "MDCZ", "MDCB"]
    assert scheme.lists["MDCB"].codes == {"I63.900", "I61.000"}
    assert scheme.head.effective_from.isoformat() == "2026-07-01"


def test_the_first_day_is_new_year_when_not_known(tmp_path: Path) -> None:
    scheme = read(tmp_path, head("effective_from = 2026-07-01\n", ""))
    assert scheme.head.effective_from.isoformat() == "2026-01-01"


def test_optional_files_may_be_absent_and_an_unknown_file_is_ignored(tmp_path: Path) -> None:
    files = {
        name: text
        for name, text in TINY.items()
        if name not in ("sites.csv", "diagnoses.csv", "diagnosis_map.csv")
    }
    scheme = read(tmp_path, {**files, "notes.csv": "\x00", "readme.txt": "x"})
    assert (scheme.sites, scheme.diagnosis_names, scheme.maps.diagnoses) == ({}, {}, {})


def same(files: Files) -> dict[str, Files]:
    shuffled = {
        name: "\n".join([text.splitlines()[0], *reversed(text.splitlines()[1:])])
        if name.endswith(".csv")
        else text
        for name, text in reversed(files.items())
    }
    wide = {
        name: "".join(f"x, {line}\n" for line in text.splitlines()).replace("x, ", "remark, ", 1)
        if name.endswith(".csv")
        else text
        for name, text in files.items()
    }
    return {
        "byte-order marks": {name: "\ufeff" + text for name, text in files.items()},
        "CR LF": {name: text.replace("\n", "\r\n") for name, text in files.items()},
        "order of files and rows": shuffled,
        "unknown columns and blanks": wide,
        "empty rows and cells": with_rows(
            "mdc.csv", "", ",,", base=with_text("cc.csv", "MCC,9", "MCC,9,,", base=files)
        ),
        "unknown keys and files": {
            **with_text(HEAD, "format = 1", 'format = 1\nowner = "x"', base=files),
            "x.csv": "1",
        },
        "no last line end": {name: text.rstrip("\n") for name, text in files.items()},
    }


@pytest.mark.parametrize("name", same(TINY))
def test_the_digest_is_of_the_content_and_not_of_its_storage(name: str, tmp_path: Path) -> None:
    digest = read(tmp_path).digest
    assert len(digest) == 64
    assert read_scheme(write(tmp_path / "other", same(TINY)[name])).digest == digest


@pytest.mark.parametrize(
    "files",
    [
        with_text("drg.csv", "3.4596710", "3.459671"),
        with_text("drg.csv", "mcc or cc", "cc or mcc"),
        with_text("cc.csv", "E11.900,CC,7", "E11.900,CC,8"),
        with_text("adrg.csv", "MDCB,5", "MDCB,6"),
        with_text("diagnosis_map.csv", "I63.900\n", "I61.000\n"),
        with_rows("lists.csv", "MDCB,diagnosis,I64.x00"),
        head("retry_other_procedures = false", "retry_other_procedures = true"),
        head('"MDCA", "MDCP"', '"MDCP", "MDCA"'),
        head("2026-07-01", "2026-07-02"),
    ],
)
def test_the_digest_changes_with_any_content(files: Files, tmp_path: Path) -> None:
    assert read_scheme(write(tmp_path / "other", files)).digest != read(tmp_path).digest


@pytest.mark.parametrize("root", ["", "tiny_2026/", "./", "schemes\\tiny\\"])
def test_a_zip_of_the_folder_is_the_same_package(root: str, tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "tiny.zip", TINY, root)
    assert read_scheme(archive).digest == read(tmp_path).digest


@pytest.mark.parametrize(
    "member", ["../mdc.csv", "/etc/mdc.csv", "a/../../mdc.csv", "..\\mdc.csv", "C:\\mdc.csv"]
)
def test_a_zip_that_points_outside_is_refused(member: str, tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "tiny.zip", {**TINY, member: "x"})
    with pytest.raises(SchemeError) as refused:
        read_scheme(archive)
    assert refused.value.problems[0].kind == "zip_outside"


def test_a_zip_that_unpacks_too_large_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package_files, "MAX_BYTES", 1_000_000)
    archive = write_zip(tmp_path / "tiny.zip", {**TINY, "mdc.csv": "0" * 2_000_000})
    assert archive.stat().st_size < 20_000
    with pytest.raises(SchemeError) as refused:
        read_scheme(archive)
    assert refused.value.problems[0].kind == "too_large"


def test_a_zip_member_that_lies_about_its_size_is_never_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tracemalloc

    archive = write_zip(tmp_path / "tiny.zip", {**TINY, "sites.csv": "code,site\n" + "0" * 50_000_000})
    content = archive.read_bytes()
    size = struct.pack("<I", 50_000_010)
    assert content.count(size) == 2
    archive.write_bytes(content.replace(size, struct.pack("<I", 10)))
    tracemalloc.start()
    with pytest.raises(SchemeError) as refused:
        read_scheme(archive)
    assert refused.value.problems[0].kind == "zip_damaged"
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_folder_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_files, "MAX_BYTES", 1_000)
    with pytest.raises(SchemeError) as refused:
        read(tmp_path)
    assert refused.value.problems[0].kind == "too_large"


def test_two_packages_in_one_zip_and_a_member_twice_are_refused(tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "two.zip", {**TINY, "other/scheme.toml": TINY[HEAD]})
    with pytest.raises(SchemeError) as refused:
        read_scheme(archive)
    assert refused.value.problems[0].kind == "zip_many"
    archive = write_zip(tmp_path / "twice.zip", TINY)
    with zipfile.ZipFile(archive, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr("mdc.csv", "x")
    with pytest.raises(SchemeError) as refused:
        read_scheme(archive)
    assert refused.value.problems[0].kind == "zip_twice"


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemeError, match="no such folder"):
        read_scheme(tmp_path / "absent")
    (tmp_path / "not.zip").write_bytes(b"MZ\x90 not a zip")
    with pytest.raises(SchemeError, match="not a readable zip"):
        read_scheme(tmp_path / "not.zip")
    whole = write_zip(tmp_path / "whole.zip", TINY).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SchemeError, match="not a readable zip"):
        read_scheme(tmp_path / "cut.zip")
    with pytest.raises(SchemeError) as refused:
        read_scheme(write(tmp_path / "empty", {}))
    assert {problem.kind for problem in refused.value.problems} == {"missing_file"}
    assert len(refused.value.problems) == 7


def test_a_rule_longer_than_a_usual_cell_is_read(tmp_path: Path) -> None:
    rule = " or ".join(["principal in MDCB"] * 12_000)
    scheme = read(tmp_path, with_text("mdc.csv", "principal in MDCB", rule))
    assert scheme.mdcs[3].text == rule


def test_a_sound_package_has_no_warnings(tmp_path: Path) -> None:
    assert warnings(read(tmp_path)) == []


@pytest.mark.parametrize("name", WARNED)
def test_what_an_import_should_warn_about(name: str, tmp_path: Path) -> None:
    files, expected = WARNED[name]
    found = inspect({file: text.encode() for file, text in files.items()})
    assert found.errors == ()
    (problem,) = [one for one in found.warnings if one.kind == expected[3]]
    assert (problem.file, problem.line, problem.column, problem.kind) == expected
    assert problem.reason in str(problem)


@pytest.mark.parametrize("name", PACKED)
def test_a_package_packed_wrongly_is_refused_by_its_kind(name: str, tmp_path: Path) -> None:
    build, kind = PACKED[name]
    with pytest.raises(SchemeError) as refused:
        read_scheme(build(tmp_path))
    assert {problem.kind for problem in refused.value.problems} == {kind}


def test_every_kind_of_problem_has_a_package_a_remedy_and_a_word() -> None:
    kinds = {kind for kind in REASONS if not kind.startswith("case_")}
    shown = {place[3] for _files, place in REFUSED.values()} | {kind for _build, kind in PACKED.values()}
    shown |= {place[3] for _files, place in WARNED.values()} | {"too_large"}  # has tests of its own above
    assert shown == kinds
    assert set(REMEDIES) == kinds == set(KINDS)


def test_remedies_hold_only_the_places_that_a_finding_fills() -> None:
    for files, place in [*REFUSED.values(), *WARNED.values()]:
        found = inspect({file: text.encode() for file, text in files.items()})
        (problem,) = [one for one in (*found.errors, *found.warnings) if one.kind == place[3]]
        assert REMEDIES[problem.kind] % problem.params


def test_no_dictionary_and_no_weights_are_no_warning(tmp_path: Path) -> None:
    weightless = {**TINY, HEAD: TINY[HEAD].replace('"RW"', '""')}
    weightless["drg.csv"] = "adrg,seq,drg,name,rule,weight,note\n" + "".join(
        f"{adrg},1,{adrg}9,,true,,\n" for adrg in ("AA1", "ZZ1", "BB1", "BR1")
    )
    files = {
        name: text for name, text in weightless.items() if name not in ("diagnoses.csv", "procedures.csv")
    }
    assert warnings(read(tmp_path, files)) == []


def test_a_code_is_one_object_wherever_the_package_names_it(tmp_path: Path) -> None:
    scheme = read(tmp_path)
    codes = {code: code for members in scheme.lists.values() for code in members.codes}
    both = [code for code in (*scheme.complications, *scheme.exclusions) if code in codes]
    assert both
    assert all(code is codes[code] for code in both)


def test_a_line_end_within_a_code_parts_nothing(tmp_path: Path) -> None:
    files = with_rows("lists.csv", 'MDCB,diagnosis,"X\nY"')
    before, after = read(tmp_path / "before"), read(tmp_path / "after", files)
    assert after.lists["MDCB"].codes == before.lists["MDCB"].codes | {"X\nY"}
    assert (after.complications, after.exclusions) == (before.complications, before.exclusions)
