"""The dictionary is made from the code: every field, check, file and finding is in it, in both languages."""

from __future__ import annotations

import io
import re

import pytest

from alliance.lib import sheets
from grouping.engine.problems import REASONS
from grouping.engine.tables import TABLES
from grouping.readers import n041
from grouping.readers.fields import FIELDS
from grouping.readers.messages import MESSAGES
from grouping.readers.settlement import PLACES
from grouping.reports import dictionary
from tests.grouping.scene import HOME, browser, text
from tests.world import World

PARTS = ("front_page", "older", "list", "errors", "package", "problems")


def test_every_field_of_the_readers_is_there() -> None:
    lines = dictionary.front_page()
    covered = {code for line in lines for code in FIELDS if line.code <= code <= line.last}
    assert covered == set(FIELDS) and len(lines) < 150
    assert {line.code for line in dictionary.older_export()} == {c for c in n041.ONCE.values() if c in FIELDS}
    places = {line.headings[0] for line in dictionary.settlement_list()}
    assert {place for column, place in PLACES.items() if column in FIELDS} <= places


def test_every_check_stands_beside_its_field() -> None:
    errors = {line.code: line.errors for line in dictionary.front_page()}
    assert {"birth_id_conflict", "birth_after_admission", "datetime_missing"} <= set(errors["A13"])
    assert {"choice_missing", "choice_unknown", "sex_id_conflict"} <= set(errors["A12C"])
    assert "principal_missing" in errors["C03C"] and "main_procedure_missing" in errors["C14x01C"]
    assert {"fee_sum_conflict", "amount_form", "total_not_positive"} <= set(errors["D01"])
    assert "number_range" in errors["A16"] and "value_missing" not in errors["A16"]
    assert "duplicate_record" in errors["A48"] and errors["B14"] == ()
    assert "pathology_missing" in errors["C09C"] and "external_cause_missing" in errors["C12C"]
    assert "code_unknown" in errors["C06x01C"] and "id_checksum" in errors["A20"]
    assert set(dictionary.COMPUTED) <= set(MESSAGES)
    assert {column for columns in dictionary.COMPUTED.values() for column in columns} <= set(FIELDS)


def test_every_error_and_every_finding_is_there() -> None:
    assert {line.key for line in dictionary.errors()} == set(MESSAGES)
    assert all(line.message.zh and line.message.en for line in dictionary.errors())
    assert [kind for kind, _reason, _remedy in dictionary.problems()] == list(REASONS)
    files = {(table.file, column) for table, column in dictionary.package_files()}
    assert files == {(table.file, column) for table in TABLES for column in table.columns}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_is_shown_in_both_languages_and_as_a_workbook(part: str, scene: World) -> None:
    english = browser(scene, "lin")
    page = text(english.get(f"{HOME}/data-dictionary/?part={part}"))
    schema = re.search(r'href="(/api/[^"]*schema[^"]*)"', page)
    assert "Data dictionary and interfaces" in page and schema
    assert english.get(schema[1]).status_code == 200
    chinese = text(
        scene.client("lin", HTTP_ACCEPT_LANGUAGE="zh-hans").get(f"{HOME}/data-dictionary/?part={part}")
    )
    assert chinese.count("<tr>") == page.count("<tr>") > 20
    body = english.get(f"{HOME}/data-dictionary/?part={part}&format=xlsx").content
    rows = list(sheets.read("x.xlsx", io.BytesIO(body)))
    assert len(rows) == page.count("<tr>")


def test_the_search_finds_names_and_errors(scene: World) -> None:
    client = browser(scene, "lin")
    page = text(client.get(f"{HOME}/data-dictionary/?q=birth_after_admission"))
    assert "A13" in page and "A48" not in page
    assert "A13" in text(client.get(f"{HOME}/data-dictionary/?q=出生日期"))
    assert "Nothing matches" in text(client.get(f"{HOME}/data-dictionary/?q=zzzz"))
