"""A small front-page file for tests: one good row, changed cell by cell."""

import csv
import io
from collections.abc import Iterable

from grouping.engine.case import CodeMaps
from grouping.readers.dictionary import Dictionary, Edition, build_dictionary
from grouping.readers.hqms import DEFAULT_LIMITS, read_front_pages
from grouping.readers.rows import BadRow, FrontPage, Limits, RowError

DIAGNOSES = {
    "I63.900": "脑梗死",
    "I63.902": "大面积脑梗死",
    "I10.x00": "特发性高血压",
    "C34.900": "支气管肺癌",
    "S72.000": "股骨颈骨折",
    "W19.x00": "跌倒",
}
PROCEDURES = {"39.7200": "头颈部血管内修补术", "38.9300": "静脉穿刺置管术", "87.0300": "头颅CT"}
DICTIONARY = build_dictionary(
    diagnoses=DIAGNOSES,
    procedures=PROCEDURES,
    maps=CodeMaps({"I63.9": "I63.900", "I10.x00": "I63.902"}, {"39.72": "39.7200"}),
    operations=frozenset({"39.7200", "38.9300"}),
)
GOOD = {
    "A01": "46695001X32059911A1001",
    "A48": "b0001",
    "A49": "1",
    "A46C": "1.1",
    "A11": "余德刚",
    "A12C": "1",
    "A13": "1956-03-08",
    "A14": "70",
    "A15C": "CHN",
    "A16": "",
    "A17": "",
    "A18x01": "",
    "A20": "320599195603080019",
    "A26": "江州市示例路6号",
    "A27": "13812341234",
    "B11C": "2",
    "B12": "2026-08-25 02:35:10",
    "B13C": "12",
    "B15": "2026-09-01 08:00:47",
    "B16C": "12",
    "B20": "7",
    "B21C": "03, 12",
    "B25": "汪云",
    "B34C": "1",
    "B36C": "1",
    "C03C": "I63.900",
    "C04N": "脑梗死",
    "C05C": "1",
    "C06x01C": "I10.x00",
    "C07x01N": "高血压",
    "C08x01C": "1",
    "C09C": "",
    "C12C": "",
    "C14x01C": "39.7200",
    "C15x01N": "血管内修补",
    "C16x01": "2026-08-26 10:00:00",
    "C17x01": "3",
    "C18x01": "苏静艳",
    "C35x01C": "87.0300",
    "C37x01": "",
    "C24C": "1",
    "D01": "1000.50",
    "D09": "300.00",
    **{f"D{number}": "" for number in range(11, 35)},
    "D11": "600.50",
    "D20": "400.00",
    "D20x01": "150.00",
    "D23": "0.00",
    "F06x01": "extra",
    "随访电话": "13812341234",
}
COLUMNS = tuple(GOOD)


def row(**changes: str) -> dict[str, str]:
    """The good row with some cells changed."""
    assert not changes.keys() - GOOD.keys()
    return GOOD | changes


def text_of(rows: Iterable[dict[str, str]], columns: Iterable[str] = COLUMNS) -> str:
    """The rows as CSV text with the columns in line 1."""
    columns = tuple(columns)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cells[column] for column in columns] for cells in rows)
    return out.getvalue()


def read_text(
    text: str,
    *,
    edition: Edition = "insurance",
    dictionary: Dictionary = DICTIONARY,
    limits: Limits = DEFAULT_LIMITS,
) -> list[FrontPage | BadRow]:
    """What the reader makes of a text file in UTF-8."""
    file = io.BytesIO(text.encode())
    return list(read_front_pages(file, dictionary=dictionary, edition=edition, limits=limits))


def page_of(**changes: str) -> FrontPage:
    """The changed row as a front page; it must have no error."""
    (page,) = read_text(text_of([row(**changes)]))
    assert isinstance(page, FrontPage), [error.text("en") for error in page.errors]
    return page


def errors_of(**changes: str) -> list[RowError]:
    """The errors of the changed row, none when it is good."""
    (result,) = read_text(text_of([row(**changes)]))
    return list(result.errors) if isinstance(result, BadRow) else []


def findings(**changes: str) -> list[tuple[str, str, str]]:
    """(column, code, message) of every error of the changed row."""
    return [(error.column, error.code, error.message) for error in errors_of(**changes)]
