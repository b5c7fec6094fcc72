"""Every format: the same discharge becomes the same page, and the same faults are found (N17 to N19, N21)."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grouping.readers.assembling import SeenKeys
from grouping.readers.formats import names_of, open_file, read_on
from grouping.readers.rows import BadRow, FileRefused, FrontPage, Limits
from tests.engines.readers.sheet import DICTIONARY, row
from tests.engines.readers.sources import (
    ORGANISATION,
    SOURCES,
    TABLES,
    list_of,
    lists_text,
    read,
    rows,
    through_workbook,
)

every = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
tables = pytest.mark.parametrize("source", [SOURCES[name] for name in TABLES], ids=TABLES)
jsons = pytest.mark.parametrize(
    "source", [SOURCES[name] for name in ("4101", "4101A")], ids=["4101", "4101A"]
)
RARE = "𠮷㐂䶮"


def one(source, **changes):
    (found,) = read(source, source.write([row(**changes)]).encode())
    return found


def findings(source, **changes):
    found = one(source, **changes)
    return [(error.column, error.code) for error in found.errors] if isinstance(found, BadRow) else []


@every
def test_the_same_discharge_becomes_the_same_page(source):
    page = one(source)
    assert isinstance(page, FrontPage), [error.text("en") for error in page.errors]
    assert (page.organisation, page.record_no, page.visit_no) == (ORGANISATION, "b0001", 1)
    patient = page.patient
    assert (patient.name, patient.id_number, patient.sex) == ("余德刚", "320599195603080019", 1)
    assert (patient.birth, patient.age, patient.age_days) == (date(1956, 3, 8), 70, None)
    assert page.stay.admitted == datetime(2026, 8, 25, 2, 35, 10)
    assert (page.stay.department_out, page.stay.days, page.stay.discharge_way) == ("12", 7, 1)
    assert [each.code for each in page.diagnoses] == ["I63.900", "I10.x00"]
    assert [each.code for each in page.procedures] == ["39.7200", "87.0300"]
    assert page.procedures[0].at == datetime(2026, 8, 26, 10)
    assert (page.bill.total, page.bill.own_pay) == (100_050, 30_000)


@every
def test_nothing_kept_raw_names_a_person(source):
    text = json.dumps(dict(one(source).raw), ensure_ascii=False)
    for personal in ("余德刚", "320599195603080019", "示例路", "13812341234", "苏静艳", "汪云"):
        assert personal not in text


@every
def test_n18_nothing_lies_after_the_day_of_delivery(source):
    limits = Limits(last_day=date(2026, 9, 1))
    assert all(isinstance(page, FrontPage) for page in read(source, source.write([row()]).encode(), limits))
    later = [
        row(A48="b1", B15="2026-09-02 08:00:47", B20="8"),
        row(A48="b2", B12="2026-09-03 02:35:10", B15="2026-09-10 08:00:47", C16x01=""),
        row(A48="b3", B15="2062-09-01 08:00:47"),
    ]
    bad = read(source, source.write(later).encode(), limits)
    found = [[(error.column, error.code) for error in one.errors] for one in bad]
    assert found == [[("B15", "after_delivery")]] * 3
    sentence = bad[0].errors[0].text("zh", names_of(source.spec, ()))
    assert "2026-09-02" in sentence and "报送日 2026-09-01" in sentence
    assert "出院时间" in sentence and "重新导出" in sentence


@every
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_n17_known_encodings_give_the_same_rows(source, encoding):
    pages = read(source, source.write(rows(3, A11=RARE)).encode(encoding))
    assert [page.patient.name for page in pages] == [RARE] * 3
    assert [page.record_no for page in pages] == ["b0", "b1", "b2"]


@every
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_n17_utf16_is_refused_with_advice(source, encoding):
    with pytest.raises(FileRefused) as refused:
        read(source, source.write(rows(2)).encode(encoding))
    assert refused.value.reason in ("utf16", "nul_byte")
    assert "UTF-8" in refused.value.text("zh")


@every
def test_n17_mixed_bytes_are_refused_and_never_garbled(source):
    text = source.write(rows(4, A11="诸葛孔明先生"))
    half = len(text) // 2
    cut = text.index("诸葛", half)
    with pytest.raises(FileRefused) as refused:
        read(source, text[:cut].encode() + text[cut:].encode("gb18030"))
    assert refused.value.reason in ("mixed_encoding", "not_text")


@every
@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("B15", "2026-02-30 08:00:00", "bad_datetime"),
        ("B15", "24/13/01", "bad_datetime"),
        ("B15", "46266", "bad_datetime"),
        ("A13", "20672", "bad_datetime"),
        ("B15", "2026-08-24 08:00:00", "discharge_before_admission"),
        ("A12C", "7", "invalid_sex"),
        ("B34C", "8", "invalid_discharge_way"),
        ("C03C", "", "missing_principal"),
        ("C03C", "I63.9", "unknown_diagnosis"),
        ("C14x01C", "39.72", "unknown_procedure"),
        ("A14", "41", "age_conflict"),
        ("A20", "3.20599E+17", "id_scientific"),
        ("A20", "320599195603080010", "id_checksum"),
        ("A12C", "2", "sex_id_conflict"),
        ("C16x01", "2026-09-09 10:00:00", "operation_outside_stay"),
        ("D01", "12,3.4", "bad_amount"),
        ("D09", "5000.00", "self_pay_over_total"),
        ("A48", "", "missing_value"),
    ],
)
def test_n18_each_fault_is_a_row_error_with_its_place_and_remedy(source, column, text, code):
    found = one(source, **{column: text})
    assert isinstance(found, BadRow)
    assert code in [error.code for error in found.errors]
    error = next(error for error in found.errors if error.code == code)
    names = names_of(source.spec, open_file(io.BytesIO(source.write(rows(1)).encode()), source.spec).header)
    zh, en = error.text("zh", names), error.text("en", names)
    assert re.search(r"第 \d+ (行|份清单)", zh) and re.search(r"(Line|List) \d+", en)
    if names is not None:
        assert not re.search(r"\b[A-D]\d{2}(x\d{2})?[CN]?\b", en.replace(error.value, "")), en


@every
def test_n19_a_row_that_stands_twice_is_reported_at_the_second(source):
    first, second, third = read(source, source.write([row(A48="x"), row(A48="x"), row(A48="y")]).encode())
    assert isinstance(first, FrontPage) and isinstance(third, FrontPage)
    assert [error.code for error in second.errors] == ["duplicate_record"]


@every
@pytest.mark.parametrize("formula", ["=cmd|'/c calc'!A1", "＝1+1", "@SUM(1)"])
def test_n21_a_formula_is_text(source, formula):
    page = one(source, C04N=formula)
    assert page.diagnoses[0].name == formula or formula.split("|")[0] == page.diagnoses[0].name


@every
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_n22_parts_of_any_size_give_the_rows_of_one_pass(source, data):
    marks = data.draw(st.lists(st.sampled_from(["1", "2", "3", ""]), min_size=1, max_size=7))
    size = data.draw(st.integers(1, 3))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
    content = source.write([row(A48=mark, A11=RARE) for mark in marks]).encode(encoding)
    whole = read(source, content)
    at = open_file(io.BytesIO(content), source.spec)
    found: list[FrontPage | BadRow] = []
    while True:
        seen = SeenKeys((each.key, each.line) for each in reversed(found) if each.key)
        reader = read_on(io.BytesIO(content), at, source.spec, dictionary=DICTIONARY, seen=seen)
        part = list(islice(reader, size))
        if not part:
            break
        found += part
        at = reader.checkpoint
    assert found == whole and len(found) == len(marks)


@every
def test_a_truncated_file_is_refused_or_loses_nothing_silently(source):
    content = source.write(rows(3)).encode()
    try:
        found = read(source, content[:-40])
    except FileRefused as refused:
        assert refused.text("zh")
    else:
        assert isinstance(found[-1], BadRow)


@every
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_damaged_bytes_give_rows_or_a_refusal_and_nothing_else(source, data):
    good = source.write(rows(2)).encode(data.draw(st.sampled_from(["utf-8", "gb18030"])))
    at = data.draw(st.integers(0, len(good) - 1))
    damaged = good[:at] + data.draw(st.binary(max_size=4)) + good[at + data.draw(st.integers(0, 4)) :]
    try:
        found = read(source, damaged)
    except FileRefused as refused:
        assert refused.text("zh") and refused.text("en")
    else:
        assert all(error.text("zh") for each in found for error in getattr(each, "errors", ()))


@tables
def test_the_same_table_as_a_workbook_gives_the_same_rows(source):
    text = source.write([row(A48="b1"), row(A48="b2", B15="2026-02-30 08:00:00"), row(A48="b3")])
    assert through_workbook(source, text) == read(source, text.encode())


@tables
def test_a_missing_column_is_named(source):
    text = source.write(rows(1))
    heading = {"hqms": "B16C", "n041": "CYKB", "mapped": "出院科室"}[source.name]
    with pytest.raises(FileRefused) as refused:
        read(source, text.replace(heading, "X1", 1).encode())
    assert refused.value.reason in ("missing_columns", "missing_meanings", "header_changed")
    assert heading in refused.value.text("zh") or "出院科别" in refused.value.text("zh")


@pytest.mark.parametrize("name", ["4101", "4101A", "mapped"])
def test_days_and_age_follow_from_the_dates_where_they_are_not_stated(name):
    page = one(SOURCES[name], B20="", **({} if name == "mapped" else {"A14": ""}))
    assert (page.stay.days, page.patient.age) == (7, 70)


def test_the_names_of_the_older_export_vary():
    source = SOURCES["n041"]
    text = source.write(rows(1)).replace("BLZDDM", "JBMM").replace("CSRQ", "csrq").replace("RYSJS", "rysjs")
    assert isinstance(read(source, text.encode())[0], FrontPage)


def test_hours_in_intensive_care_and_charges_come_from_the_list():
    page = one(SOURCES["4101"])
    assert page.to_case().icu_hours == Decimal("37.40")
    assert page.bill.parts == {"L09": 100_050}
    assert page.raw["vent_used_dura"] == "1/13/24" and page.raw["payinfo.310101"] == "600.5"
    assert [each.code for each in page.diagnoses] == ["I63.900", "I10.x00"]  # none of Chinese medicine


def lists(*bodies):
    return read(SOURCES["4101"], json.dumps(list(bodies), ensure_ascii=False).encode())


def test_stays_in_intensive_care_are_added_and_may_be_times():
    body = list_of(row())
    body["icuinfo"] = [
        {"scs_cutd_sum_dura": "0/2/30"},
        {"scs_cutd_inpool_time": "2026-08-26 10:00:00", "scs_cutd_exit_time": "2026-08-27 12:30:00"},
    ]
    assert lists(body)[0].stay.icu_hours == Decimal("29.00")
    body["icuinfo"] = [{"scs_cutd_sum_dura": "1/25/00"}]
    assert [error.message for error in lists(body)[0].errors] == ["duration_form"]


def test_a_list_without_a_visit_number_is_known_by_its_day_of_discharge():
    cells = {key: text for key, text in row().items() if key != "A49"}
    (page,) = lists(list_of(cells))
    assert page.visit_no == 20260901
    (bad,) = lists(list_of(cells | {"C03C": ""}))
    assert bad.raw["A49"] == "20260901"


def test_two_principal_diagnoses_and_too_many_are_reported():
    body = list_of(row())
    body["diseinfo"][0]["maindiag_flag"] = "1"
    assert [error.message for error in lists(body)[0].errors] == ["principal_twice"]
    body = list_of(row())
    body["diseinfo"] += [{"diag_type": "1", "diag_code": "I10.x00"}] * 40
    assert "too_many_values" in [error.message for error in lists(body)[0].errors]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"setlinfo": {"medcasno": "1", "medcasno": "2"}}', "json_name_twice"),
        ('{"setlinfo": {"medcasno": "\\u0000"}}', "json_control"),
        ('{"setlinfo": {"medcasno": "\\ud800"}}', "json_control"),
        ('{"setlinfo": {"age": NaN}}', "json_row"),
        ('{"setlinfo": }', "json_row"),
        ('{"other": {}}', "json_no_setlinfo"),
        ('{"setlinfo": {}, "diseinfo": ["x"]}', "json_table"),
    ],
)
def test_an_object_nobody_should_rely_on_is_a_bad_row_and_reading_goes_on(text, message):
    good = json.dumps(list_of(row()), ensure_ascii=False)
    bad, page = read(SOURCES["4101"], f"[{text},\n{good}]".encode())
    assert [error.message for error in bad.errors] == [message]
    assert isinstance(page, FrontPage) and page.line == 2


def test_a_number_of_a_million_digits_is_a_fault_and_costs_nothing():
    body = json.dumps(list_of(row()), ensure_ascii=False)
    huge = body.replace('"amt": "1000.50"', f'"amt": {"9" * 900_000}')
    (bad,) = read(SOURCES["4101"], huge.encode())
    assert [error.code for error in bad.errors] == ["bad_amount"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty_file"),
        ("A48,A49\n1,2", "json_no_object"),
        ("[" + "{" * 3, "json_cut"),
        ("[]", "json_no_list"),
        (" [ [ ] ,\n[] ] ", "json_no_list"),
        ('["x"]', "json_no_list"),
        ("[" * 100_000 + "]" * 100_000, "json_too_deep"),
        ("[" * 13 + '{"a": "1"}' + "]" * 13, "json_too_deep"),
        ('[{"a": ' + "[" * 40 + "]" * 40 + "}]", "json_too_deep"),
        ('{"a": 1} x {"a": 2}', "json_between"),
        ('[{"a": "' + "x" * 3_000_000 + '"}]', "record_too_long"),
    ],
)
def test_a_file_that_is_no_file_of_lists_is_refused(text, reason):
    with pytest.raises(FileRefused) as refused:
        read(SOURCES["4101"], text.encode())
    assert refused.value.reason == reason


def test_a_file_of_lists_above_the_limit_is_refused():
    text = lists_text(rows(300)).encode()
    with pytest.raises(FileRefused, match="larger"):
        read(SOURCES["4101"], text, Limits(max_bytes=1 << 18))


@every
def test_memory_does_not_grow_with_the_file(source, tmp_path):
    def peak(count):
        path = tmp_path / f"{count}"
        path.write_bytes(source.write(rows(count)).encode())
        tracemalloc.start()
        try:
            with path.open("rb") as file:
                start = open_file(file, source.spec)
                assert sum(1 for _ in read_on(file, start, source.spec, dictionary=DICTIONARY)) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(3_000) < peak(1_000) + (1 << 19)
