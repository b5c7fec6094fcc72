"""The reference exports: exactly the planted errors, and only unknown principal codes in clean files."""

import csv
import io
from dataclasses import replace

import pytest

from grouping.engine.scheme import Scheme, read_scheme
from grouping.readers.dictionary import Dictionary, Edition, dictionary_of
from grouping.readers.hqms import read_front_pages
from grouping.readers.rows import BadRow, FrontPage
from tests.shared import shared

CLEAN = [
    f"hqms_{hospital}_{month}.csv"
    for hospital in ("46695001X32059911A1001", "46695002832059911A1002", "46695003632059912C2003")
    for month in ("202609", "202610")
]


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return read_scheme(shared("grouping/schemes/chs_drg_11"))


@pytest.fixture(scope="module")
def dictionary(scheme: Scheme) -> Dictionary:
    return dictionary_of(scheme)


@pytest.fixture(scope="module")
def manifest() -> dict[str, dict[str, str]]:
    return {line["file"]: line for line in table("grouping/hqms/MANIFEST.csv")}


def table(name: str) -> list[dict[str, str]]:
    with shared(name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read(name: str, dictionary: Dictionary, edition: Edition = "insurance") -> list[FrontPage | BadRow]:
    with shared(f"grouping/hqms/{name}").open("rb") as file:
        return list(read_front_pages(file, dictionary=dictionary, edition=edition))


def errors(rows: list[FrontPage | BadRow]) -> list[tuple[int, str, str]]:
    return [
        (e.line, e.column, e.code) for result in rows if isinstance(result, BadRow) for e in result.errors
    ]


def is_part_of(codes: tuple[str, ...], whole: list[str]) -> bool:
    """Whether the codes stand in the whole list in the same order."""
    rest = iter(whole)
    return all(code in rest for code in codes)


def test_the_dirty_file_has_exactly_the_planted_errors(dictionary):
    rows = read("dirty_chs_drg_11_202609.csv", dictionary)
    planted = [(int(p["row"]), p["field"], p["kind"]) for p in table("grouping/hqms/dirty_errors.csv")]

    assert len(planted) == 60
    assert sorted(errors(rows)) == sorted(planted)
    assert len(rows) == 2000


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_export_holds_only_unknown_principal_codes(name, dictionary, manifest):
    rows = read(f"chs_drg_11/{name}", dictionary)
    found = errors(rows)

    print(name, len(rows), "rows,", len(found), "unknown principal codes")
    assert len(rows) == int(manifest[f"chs_drg_11/{name}"]["rows"])
    assert {(column, code) for _, column, code in found} == {("C03C", "unknown_diagnosis")}
    assert 2 <= len(found) <= 20


def test_a_scheme_without_dictionaries_knows_the_codes_of_its_lists_and_complications(scheme):
    known = dictionary_of(replace(scheme, diagnosis_names={}, procedure_names={}))

    assert set(scheme.complications) <= set(known.diagnoses.names)
    assert scheme.lists["MDCB"].codes <= set(known.diagnoses.names)
    assert scheme.lists["valid"].codes <= set(known.procedures.names)
    assert not set(known.procedures.names) & set(known.diagnoses.names)


def test_another_encoding_gives_the_same_rows(dictionary):
    path = shared("grouping/hqms/chs_drg_11/hqms_46695003632059912C2003_202610.csv")
    text = path.read_bytes().decode("gb18030")
    expected = read("chs_drg_11/hqms_46695003632059912C2003_202610.csv", dictionary)

    assert list(read_front_pages(io.BytesIO(text.encode("utf-8-sig")), dictionary=dictionary)) == expected


def test_pages_become_the_cases_of_the_oracle(dictionary):
    oracle = {line["case_no"]: line for line in table("grouping/oracle/chs_drg_11.csv")}
    pages = read("chs_drg_11/hqms_46695003632059912C2003_202609.csv", dictionary)
    compared = 0
    for page in pages:
        if isinstance(page, BadRow) or page.record_no not in oracle:
            continue
        case, line = page.to_case(), oracle[page.record_no]
        # An export may lack a secondary diagnosis of the oracle's case, but keeps principal and order.
        expected = line["diagnoses"].split("|")
        assert case.diagnoses[0] == expected[0]
        assert is_part_of(case.diagnoses, expected)
        assert "|".join(case.procedures) == line["procedures"]
        assert [case.sex, case.age, case.los, case.discharge] == [
            int(line[name]) for name in ("sex", "age", "los", "discharge")
        ]
        assert case.department == line["department"]
        assert case.weight == (int(line["weight"]) if line["weight"] else None)
        assert case.age > 0 or case.age_days == int(line["age_days"])
        compared += 1
    assert compared > 1500


def test_the_clinical_edition_is_read_with_the_maps_and_agrees_with_the_insurance_edition(dictionary):
    rows = read("clinical_chs_drg_11_202609.csv", dictionary, "clinical")
    twins = {
        page.record_no: page
        for page in read("chs_drg_11/hqms_46695002832059911A1002_202609.csv", dictionary)
        if isinstance(page, FrontPage)
    }

    assert errors(rows) == []
    assert len(rows) == 2047
    pairs = [(page.to_case(), twins[page.record_no].to_case()) for page in rows if page.record_no in twins]
    assert len(pairs) > 1500
    assert all(ours == theirs for ours, theirs in pairs)


def test_the_clinical_edition_read_as_insurance_codes_shows_its_unknown_codes(dictionary):
    found = errors(read("clinical_chs_drg_11_202609.csv", dictionary))

    assert len(found) > 500
    assert {code for _, _, code in found} == {"unknown_diagnosis", "unknown_procedure"}
