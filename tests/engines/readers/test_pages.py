"""What a good row becomes: typed values, fen, raw columns without persons, codes of both editions."""

from datetime import date, datetime

from grouping.readers.rows import Diagnosis, Procedure
from tests.engines.readers.sheet import DICTIONARY, page_of, read_text, row, text_of


def test_cells_become_typed_values():
    page = page_of()

    assert (page.line, page.organisation, page.record_no, page.visit_no) == (
        2,
        "46695001X32059911A1001",
        "b0001",
        1,
    )
    assert (page.patient.name, page.patient.id_number) == ("余德刚", "320599195603080019")
    assert (page.patient.sex, page.patient.birth, page.patient.age, page.patient.payment) == (
        1,
        date(1956, 3, 8),
        70,
        "1",
    )
    assert page.stay.admitted == datetime(2026, 8, 25, 2, 35, 10)
    assert (page.stay.days, page.stay.discharge_way, page.stay.transfers) == (7, 1, ("03", "12"))
    assert page.stay.doctors == (("B25", "汪云"),)
    assert page.diagnoses[0] == Diagnosis("I63.900", "I63.900", "脑梗死", 1)
    assert page.procedures[0] == Procedure(
        "39.7200", "39.7200", "血管内修补", datetime(2026, 8, 26, 10), 3, "苏静艳"
    )


def test_money_is_exact_fen_and_an_empty_part_is_absent():
    bill = page_of(D11="600.5", D20="399.99", D23="").bill

    assert (bill.total, bill.own_pay) == (100050, 30000)
    assert bill.parts == {"D11": 60050, "D20": 39999, "D20x01": 15000}


def test_raw_columns_hold_no_person_and_keep_unknown_columns():
    raw = page_of().raw

    assert raw["F06x01"] == "extra"
    assert raw["C04N"] == "脑梗死"
    for personal in ("A11", "A20", "A26", "A27", "B25", "C18x01", "随访电话"):
        assert personal not in raw
    assert "A16" not in raw


def test_an_unknown_column_with_an_id_number_in_it_is_not_kept():
    assert "F06x01" not in page_of(F06x01="证件 320599195603080019").raw


def test_a_bad_row_keeps_its_raw_columns_under_the_same_rule():
    (bad,) = read_text(text_of([row(C03C="")]))

    assert bad.raw["A48"] == "b0001"
    assert bad.raw["B16C"] == "12"
    assert not {"A11", "A20", "A27"} & bad.raw.keys()


def test_a_page_does_not_print_its_patient():
    shown = repr(page_of())

    assert "余德刚" not in shown
    assert "320599195603080019" not in shown
    assert "苏静艳" not in shown


def test_n21_formula_text_comes_through_as_text():
    page = page_of(A48="=cmd|' /C calc'!A0", C07x01N="＝1+1", F06x01="@SUM(A1)", B25="-1+2")

    assert page.record_no == "=cmd|' /C calc'!A0"
    assert page.diagnoses[1].name == "＝1+1"
    assert page.raw["F06x01"] == "@SUM(A1)"
    assert page.stay.doctors == (("B25", "-1+2"),)


def test_blanks_around_a_cell_do_not_count():
    page = page_of(A48="\tb0001 ", C03C="\u3000I63.900")

    assert page.record_no == "b0001"
    assert page.diagnoses[0].code == "I63.900"


def test_a_gap_between_other_diagnoses_does_not_end_them():
    columns = (*row(), "C06x02C", "C06x03C")
    (page,) = read_text(text_of([row(C06x01C="") | {"C06x02C": "", "C06x03C": "I10.x00"}], columns))

    assert [diagnosis.code for diagnosis in page.diagnoses] == ["I63.900", "I10.x00"]


def test_clinical_codes_are_translated_before_check_and_grouping():
    (page,) = read_text(text_of([row(C03C="I63.9", C14x01C="39.72")]), edition="clinical")

    assert (page.diagnoses[0].code, page.diagnoses[0].recorded) == ("I63.900", "I63.9")
    assert (page.procedures[0].code, page.procedures[0].recorded) == ("39.7200", "39.72")


def test_a_code_of_both_editions_is_translated_only_when_the_source_says_so():
    clinical, insurance = (
        read_text(text_of([row(C03C="I10.x00")]), edition=edition)[0] for edition in ("clinical", "insurance")
    )

    assert clinical.diagnoses[0].code == "I63.902"
    assert insurance.diagnoses[0].code == "I10.x00"


def test_a_clinical_source_is_offered_clinical_codes():
    (bad,) = read_text(text_of([row(C03C="I63")]), edition="clinical")

    assert dict(bad.errors[0].params) == {"codes": ("I63.9",)}


def test_without_a_list_of_operations_every_procedure_needs_a_level():
    from dataclasses import replace

    every = replace(DICTIONARY, operations=None)
    (bad,) = read_text(text_of([row(C14x01C="87.0300", C17x01="")]), dictionary=every)

    assert [error.code for error in bad.errors] == ["missing_operation_level"]
