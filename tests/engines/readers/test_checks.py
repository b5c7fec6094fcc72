"""Each check of definitions section 10.1 with a row that passes and rows that fail (N18 among them)."""

import re

import pytest

from grouping.readers.fields import FIELDS
from grouping.readers.messages import MESSAGES
from tests.engines.readers.sheet import COLUMNS, GOOD, errors_of, findings, page_of, read_text, row, text_of

NEWBORN = {"A13": "2026-08-20", "A14": "0", "A16": "5", "A18x01": "3100", "A20": "-"}


def test_the_good_row_has_no_error():
    assert findings() == []


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("B12", "2026-02-30 10:00:00", "datetime_no_such_day"),
        ("B12", "24/13/01", "datetime_form"),
        ("B15", "46280.5", "datetime_serial"),
        ("B15", "46280", "datetime_serial"),
        ("B15", "4.62805E+04", "scientific_notation"),
        ("B15", "2026-09-01 24:00:00", "datetime_no_such_day"),
        ("B15", "2026-09-01", "datetime_form"),
        ("B15", "２０２６-09-01 08:00:47", "datetime_form"),
        ("B15", "", "datetime_missing"),
        ("B15", "-", "datetime_missing"),
        ("A13", "1956-02-30", "datetime_no_such_day"),
        ("A13", "1956/3/8", "datetime_form"),
        ("A13", "20522", "datetime_serial"),
        ("C16x01", "2026-08-26", "datetime_form"),
    ],
)
def test_n18_a_date_that_cannot_be_is_one_error_at_its_column(column, value, message):
    (error,) = errors_of(**{column: value})

    assert (error.line, error.column, error.code, error.message) == (2, column, "bad_datetime", message)
    assert error.text().startswith("第 2 行")


def test_n18_discharge_before_admission_is_one_error_and_silences_what_depends_on_it():
    assert findings(B12="2026-09-03 00:00:00") == [
        ("B12", "discharge_before_admission", "discharge_before_admission")
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"A01": ""}, ("A01", "missing_value", "value_missing")),
        ({"A01": "4.67E+20"}, ("A01", "scientific_notation", "scientific_notation")),
        ({"A48": "-"}, ("A48", "missing_value", "value_missing")),
        ({"A48": "1.23457E+11"}, ("A48", "scientific_notation", "scientific_notation")),
        ({"A49": "0"}, ("A49", "bad_number", "number_range")),
        ({"A49": ""}, ("A49", "missing_value", "value_missing")),
        ({"A46C": "10"}, ("A46C", "invalid_value", "payment_unknown")),
        ({"A12C": ""}, ("A12C", "invalid_sex", "choice_missing")),
        ({"A12C": "0"}, ("A12C", "invalid_sex", "choice_unknown")),
        ({"A12C": "9"}, ("A12C", "invalid_sex", "choice_unknown")),
        ({"A12C": "2"}, ("A12C", "sex_id_conflict", "sex_id_conflict")),
        ({"A13": "1956-03-09"}, ("A13", "birth_id_conflict", "birth_id_conflict")),
        ({"A14": "71"}, ("A14", "age_conflict", "age_conflict")),
        ({"A14": "70.0"}, ("A14", "bad_number", "number_form")),
        ({"A14": "151"}, ("A14", "bad_number", "number_range")),
        ({"A16": "20"}, ("A16", "age_days_conflict", "age_days_at_age")),
        ({"A17": "3.2"}, ("A17", "bad_number", "number_form")),
        ({"A18x01": "99"}, ("A18x01", "bad_number", "number_range")),
        ({"A18x01": "10000"}, ("A18x01", "bad_number", "number_range")),
        ({"A20": "3.20599E+17"}, ("A20", "id_scientific", "id_scientific")),
        ({"A20": "320599195603080011"}, ("A20", "id_checksum", "id_checksum")),
        ({"A20": "32059919560308"}, ("A20", "id_malformed", "id_malformed")),
        ({"A20": "320599195613080012"}, ("A20", "id_malformed", "id_malformed")),
        ({"B11C": "4"}, ("B11C", "invalid_value", "choice_unknown")),
        ({"B16C": ""}, ("B16C", "missing_value", "value_missing")),
        ({"B20": "9"}, ("B20", "los_conflict", "los_conflict")),
        ({"B20": "0"}, ("B20", "bad_number", "number_range")),
        ({"B34C": ""}, ("B34C", "invalid_discharge_way", "choice_missing")),
        ({"B34C": "6"}, ("B34C", "invalid_discharge_way", "choice_unknown")),
        ({"B36C": "3"}, ("B36C", "invalid_value", "choice_unknown")),
        ({"C03C": ""}, ("C03C", "missing_principal", "principal_missing")),
        ({"C03C": "-"}, ("C03C", "missing_principal", "principal_missing")),
        ({"C03C": "I63.9"}, ("C03C", "unknown_diagnosis", "code_too_short")),
        ({"C03C": "I63.777"}, ("C03C", "unknown_diagnosis", "code_near")),
        ({"C03C": "i63.900"}, ("C03C", "unknown_diagnosis", "code_unknown")),
        ({"C05C": "5"}, ("C05C", "invalid_value", "choice_unknown")),
        ({"C06x01C": "ABC"}, ("C06x01C", "unknown_diagnosis", "code_unknown")),
        ({"C08x01C": "9"}, ("C08x01C", "invalid_value", "choice_unknown")),
        ({"C12C": "ZZZ"}, ("C12C", "unknown_diagnosis", "code_unknown")),
        ({"C14x01C": "38.93"}, ("C14x01C", "unknown_procedure", "code_too_short")),
        ({"C14x01C": "0.01"}, ("C14x01C", "unknown_procedure", "procedure_form")),
        ({"C14x01C": "99.ZZ"}, ("C14x01C", "unknown_procedure", "code_unknown")),
        ({"C14x01C": ""}, ("C14x01C", "missing_main_procedure", "main_procedure_missing")),
        ({"C16x01": "2026-09-02 00:00:00"}, ("C16x01", "operation_outside_stay", "operation_outside_stay")),
        ({"C37x01": "2026-08-24 23:59:59"}, ("C37x01", "operation_outside_stay", "operation_outside_stay")),
        ({"C17x01": ""}, ("C17x01", "missing_operation_level", "operation_level_missing")),
        ({"C24C": "x"}, ("C24C", "invalid_value", "choice_unknown")),
        ({"D01": ""}, ("D01", "missing_value", "value_missing")),
        ({"D01": "1.0E+03"}, ("D01", "bad_amount", "scientific_notation")),
        ({"D01": "1,000.50"}, ("D01", "bad_amount", "amount_form")),
        ({"D01": "0.00", "D09": "0"}, ("D01", "bad_amount", "total_not_positive")),
        ({"D01": "1001.51"}, ("D01", "fee_sum_conflict", "fee_sum_conflict")),
        ({"D09": "1000.51"}, ("D09", "self_pay_over_total", "self_pay_over_total")),
        ({"D11": "600.505"}, ("D11", "bad_amount", "amount_form")),
        ({"D11": "-600.50"}, ("D11", "bad_amount", "amount_form")),
        ({"D23": "123456789.00"}, ("D23", "bad_amount", "amount_form")),
        ({"C03C": "C34.900"}, ("C09C", "missing_value", "pathology_missing")),
        ({"C03C": "S72.000"}, ("C12C", "missing_value", "external_cause_missing")),
        (NEWBORN | {"A16": ""}, ("A16", "missing_value", "age_days_missing")),
        (NEWBORN | {"A16": "9"}, ("A16", "age_days_conflict", "age_days_conflict")),
        (NEWBORN | {"A16": "366"}, ("A16", "bad_number", "number_range")),
        (NEWBORN | {"A18x01": ""}, ("A18x01", "missing_value", "newborn_weight_missing")),
        (NEWBORN | {"A13": "2026-08-26"}, ("A13", "birth_after_admission", "birth_after_admission")),
    ],
)
def test_one_cause_gives_one_error(changes, expected):
    assert findings(**changes) == [expected]


@pytest.mark.parametrize(
    "changes",
    [
        {"A20": "-"},
        {"A20": ""},
        {"A20": "E12345678", "A15C": "USA"},
        {"A46C": "01"},
        {"A46C": "99"},
        {"A46C": "-"},
        {"B20": "8"},
        {"B20": "6"},
        {"B12": "2026-09-01 00:10:00", "B20": "1", "C16x01": "2026-09-01 00:00:00"},
        {"C16x01": "2026-08-25 00:00:00"},
        {"C16x01": "2026-09-01 23:59:59"},
        {"C14x01C": "87.0300", "C17x01": ""},
        {"C14x01C": "", "C35x01C": "", "C17x01": "", "C16x01": ""},
        {"C06x01C": "-", "C08x01C": "-"},
        {"C03C": "C34.900", "C09C": "-"},
        {"C03C": "C34.900", "C09C": "M80700/3"},
        {"C03C": "S72.000", "C12C": "W19.x00"},
        {"D01": "1001.50"},
        {"D01": "999.50"},
        {"D09": "1000.5"},
        {"D09": ""},
        {"D11": "1000.5", "D20": "0", "D20x01": ""},
        NEWBORN,
        NEWBORN | {"A18x01": "", "A17": "2900"},
        NEWBORN | {"A16": "4"},
        NEWBORN | {"A13": "2026-06-20", "A16": "66", "A18x01": ""},
    ],
)
def test_what_the_definition_allows_is_no_error(changes):
    assert findings(**changes) == []


def test_independent_causes_are_all_reported():
    found = findings(B34C="8", D09="2000.00", C06x01C="ABC", A14="12")

    assert [code for _, code, _ in found] == [
        "invalid_discharge_way",
        "unknown_diagnosis",
        "age_conflict",
        "self_pay_over_total",
    ]


def test_a_total_that_contradicts_its_parts_is_not_used_to_judge_the_patients_part():
    assert findings(D01="100.00") == [("D01", "fee_sum_conflict", "fee_sum_conflict")]


@pytest.mark.parametrize(("total", "codes"), [("5000.00", []), ("999.49", ["fee_sum_conflict"])])
def test_without_some_fee_columns_only_parts_above_the_total_are_an_error(total, codes):
    columns = [column for column in COLUMNS if column not in ("D15", "D34")]
    (result,) = read_text(text_of([row(D01=total)], columns))

    assert [error.code for error in getattr(result, "errors", ())] == codes


def test_a_child_of_365_days_on_leap_day_is_still_zero():
    assert findings(
        A13="2027-03-01",
        A14="0",
        A16="365",
        A20="-",
        B12="2028-02-29 08:00:00",
        B15="2028-03-01 08:00:00",
        B20="1",
        C16x01="",
    ) == []  # fmt: skip


def test_a_repeated_key_is_reported_at_the_later_line_with_the_earlier_one_named():
    first, _, third = read_text(text_of([row(), row(A48="b0002"), row(D09="1.00")]))

    (error,) = third.errors
    assert (error.line, error.column, error.code) == (4, "A48", "duplicate_record")
    assert dict(error.params) == {"visit": 1, "first": 2}
    assert third.key == first.key
    assert error.text() == "第 4 行病案号 b0001 第 1 次住院与第 2 行重复，只留一行"


def test_another_stay_of_the_same_record_is_no_repetition():
    assert not any(hasattr(result, "errors") for result in read_text(text_of([row(), row(A49="2")])))


def test_the_sentence_names_row_field_and_remedy():
    (error,) = errors_of(C03C="I63.9")

    assert error.text("zh") == "第 2 行主要诊断 I63.9 少一级，选 I63.900 或 I63.902"
    assert error.text("en") == "Line 2: principal diagnosis I63.9 lacks a level; choose I63.900 or I63.902"


@pytest.mark.parametrize(
    ("changes", "hidden"),
    [
        ({"A20": "320599195603080011"}, "320599195603080011"),
        ({"A14": "320599195603080019"}, "320599195603080019"),
        ({"A46C": "13812341234"}, "13812341234"),
        ({"A12C": "余德刚"}, "余德刚"),
        ({"C06x01C": "余德刚 13812341234"}, "13812341234"),
        ({"C14x01C": "余德刚"}, "余德"),
    ],
)
def test_errors_never_show_a_name_an_id_number_or_a_phone(changes, hidden):
    for error in errors_of(**changes):
        shown = error.text("zh") + error.text("en") + repr(error)
        assert hidden not in shown


def test_the_masks_are_those_of_the_house():
    assert errors_of(A20="320599195603080011")[0].value == "320***********0011"
    assert errors_of(A46C="13812341234")[0].value == "138****1234"
    assert errors_of(A12C="余德刚")[0].value == "余**"


def test_every_message_has_its_parameters_in_both_languages():
    for key, message in MESSAGES.items():
        english, chinese = (set(re.findall(r"%\((\w+)\)s", text)) for text in (message.en, message.zh))
        assert english == chinese, key


def test_every_column_of_the_good_row_is_of_the_standard_but_two():
    assert [column for column in GOOD if column not in FIELDS] == ["F06x01", "随访电话"]


def test_a_page_tells_what_the_grouper_needs():
    case = page_of(**NEWBORN).to_case()

    assert (case.case_no, case.sex, case.age, case.age_days, case.weight) == ("b0001", 1, 0, 5, 3100)
    assert (case.los, case.department, case.discharge, case.icu_hours) == (7, "12", 1, None)
    assert case.diagnoses == ("I63.900", "I10.x00")
    assert case.procedures == ("39.7200", "87.0300")
