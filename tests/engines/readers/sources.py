"""One good discharge written in every format a hospital may deliver, so that each reader answers the same
questions. A value is given by its standard column; each format writes it in its own way.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from alliance.lib.sheets import write_xlsx
from grouping.readers import formats, n041
from grouping.readers.assembling import SeenKeys
from grouping.readers.formats import Spec, open_file, read_on
from grouping.readers.mapping import Column, TableMap
from grouping.readers.rows import BadRow, FrontPage, Limits
from grouping.readers.sheet_csv import as_csv
from tests.engines.readers.sheet import DICTIONARY, row

ORGANISATION = "46695001X32059911A1001"
ORGANISATIONS = {"H32059900001": ORGANISATION, "江州市第一人民医院": ORGANISATION}
Rows = Iterable[dict[str, str]]
# Heading of the older export by standard column, for the columns of the good row.
_PINYIN = {
    **{target: heading for heading, target in reversed(n041.ONCE.items())},
    "C06x01C": "JBDM1", "C07x01N": "QTZD1", "C08x01C": "RYBQ1", "C14x01C": "SSJCZBM1", "C15x01N": "SSJCZMC1",
    "C16x01": "SSJCZRQ1", "C17x01": "SSJB1", "C18x01": "SZ1", "C35x01C": "SSJCZBM2", "C37x01": "SSJCZRQ2",
}  # fmt: skip
_CHINESE = {
    "A01": "机构", "A48": "病案号", "A49": "住院次数", "A11": "姓名", "A12C": "性别", "A13": "出生日期",
    "A14": "年龄", "A20": "身份证号", "B11C": "入院途径", "B12": "入院日期", "B15": "出院日期",
    "B16C": "出院科室", "B34C": "离院方式", "C03C": "诊断编码", "C04N": "诊断名称", "C14x01C": "手术编码",
    "C16x01": "手术日期", "C17x01": "手术级别", "D01": "总费用", "D09": "自付", "D11": "服务费",
    "D20": "手术费",
}  # fmt: skip
MAPPING = TableMap(
    tuple(
        Column(
            heading, target,
            unit="fen" if target.startswith("D") else "",
            split="|;；、" if target in ("C03C", "C04N", "C14x01C", "C16x01", "C17x01") else "",
        )
        for target, heading in _CHINESE.items()
    )
)  # fmt: skip


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def hqms_text(rows: Rows) -> str:
    """The interface itself."""
    rows = list(rows)
    return _table(list(rows[0]), [list(cells.values()) for cells in rows])


def _n041_cells(cells: dict[str, str]) -> dict[str, str]:
    found = {heading: cells.get(column, "") for column, heading in _PINYIN.items() if column in cells}
    found["CSRQ"] = found["CSRQ"].replace("-", "")
    for name in ("RYSJ", "CYSJ"):
        found[name], _, clock = found[name].partition(" ")
        found[f"{name}S"] = clock
    return found


def n041_text(rows: Rows) -> str:
    """The older provincial export: pinyin headings, dates without dashes, hours in columns of their own."""
    made = [_n041_cells(cells) for cells in rows]
    return _table(list(made[0]), [list(cells.values()) for cells in made])


def _own_cells(cells: dict[str, str]) -> list[str]:
    words = {"1": "男", "2": "女"}
    ways = {"1": "医嘱离院", "5": "死亡"}
    joined = {
        "C03C": [cells["C03C"], cells["C06x01C"]], "C04N": [cells["C04N"], cells["C07x01N"]],
        "C14x01C": [cells["C14x01C"], cells["C35x01C"]], "C16x01": [cells["C16x01"], cells["C37x01"]],
        "C17x01": [cells["C17x01"]],
    }  # fmt: skip
    made = {
        **cells,
        **{column: "；".join(values).rstrip("；") for column, values in joined.items()},
        "A12C": words.get(cells["A12C"], cells["A12C"]),
        "A14": cells["A14"] + "岁" if cells["A14"] else "",
        "B34C": ways.get(cells["B34C"], cells["B34C"]),
        "B12": cells["B12"].replace("-", "/"),
        **{column: _in_fen(cells[column]) for column in ("D01", "D09", "D11", "D20")},
    }
    return [made[column] for column in _CHINESE]


def _in_fen(text: str) -> str:
    return text.replace(".", "").lstrip("0") or text


def own_text(rows: Rows) -> str:
    """A hospital's own table: Chinese headings, words, fen, several codes in a cell."""
    return _table(list(_CHINESE.values()), [_own_cells(cells) for cells in rows])


def list_of(cells: dict[str, str], names: str = "4101") -> dict[str, Any]:
    """One settlement list of the discharge, in the names of 4101 or of 4101A."""
    time = "oprn_oprt_date" if names == "4101" else "oprn_oprt_begntime"
    operations = [
        {"oprn_oprt_type": kind, "oprn_oprt_code": cells[code], "oprn_oprt_name": "x", time: cells[at]}
        for kind, code, at in (("2", "C35x01C", "C37x01"), ("1", "C14x01C", "C16x01"))
        if cells[code]
    ]
    diagnoses = [
        {"diag_type": "1", "diag_code": cells[code], "diag_name": cells[name], "adm_cond_type": "1",
         "maindiag_flag": flag}
        for flag, code, name in (("0", "C06x01C", "C07x01N"), ("1", "C03C", "C04N")) if cells[code]
    ]  # fmt: skip
    setlinfo = {
        "fixmedins_code": "H32059900001", "medcasno": cells["A48"], "psn_name": cells["A11"],
        "gend": cells["A12C"], "brdy": cells["A13"], "age": cells["A14"], "nwb_age": cells["A16"],
        "patn_cert_type": "01", "certno": cells["A20"], "ntly": "CHN", "adm_way": cells["B11C"],
        "adm_time": cells["B12"], "adm_caty": cells["B13C"], "dscg_time": cells["B15"],
        "dscg_caty": cells["B16C"], "act_ipt_days": cells["B20"], "dscg_way": cells["B34C"],
        "days_rinp_flag_31": "1", "psn_selfpay": cells["D09"], "vent_used_dura": "1/13/24",
        "hi_paymtd": "4", "curr_addr": "江州市示例路6号", "coner_tel": "13812341234",
    }  # fmt: skip
    if "A49" in cells:
        setlinfo["ipt_cnt"] = cells["A49"]
    return {
        "setlinfo": setlinfo,
        "payinfo": [{"fund_pay_type": "310101", "fund_payamt": 600.50}],
        "diseinfo": [*diagnoses, {"diag_type": "2", "diag_code": "BNG080", "diag_name": "中风病"}],
        "oprninfo": operations,
        "iteminfo": [{"med_chrgitm": "09", "amt": cells["D01"]}],
        "icuinfo": [{"scs_cutd_ward_type": "1", "scs_cutd_sum_dura": "1/13/24"}],
    }


def lists_text(rows: Rows, names: str = "4101") -> str:
    """Settlement lists as a JSON array."""
    return json.dumps([list_of(cells, names) for cells in rows], ensure_ascii=False, indent=1)


def lines_text(rows: Rows) -> str:
    """Settlement lists of 4101A, one a line, in the envelope of the interface."""
    made = [{"infno": "4101A", "input": list_of(cells, "4101A")} for cells in rows]
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in made)


@dataclass(frozen=True)
class Source:
    """A format with how it writes rows; `jsons`: whether it is JSON."""

    name: str
    spec: Spec
    write: Callable[[Rows], str]
    jsons: bool = False
    # Columns whose faults it can show; others do not exist in it.
    lacks: frozenset[str] = field(default_factory=frozenset)


_SETTINGS: dict[str, Any] = {"organisations": ORGANISATIONS}
SOURCES = {
    source.name: source
    for source in (
        Source("hqms", Spec(formats.HQMS), hqms_text),
        Source("n041", Spec(formats.N041, **_SETTINGS), n041_text),
        Source("mapped", Spec(formats.MAPPED, mapping=MAPPING, **_SETTINGS), own_text),
        Source("4101", Spec(formats.SETTLEMENT, **_SETTINGS), lists_text, jsons=True),
        Source("4101A", Spec(formats.SETTLEMENT, **_SETTINGS), lines_text, jsons=True),
    )
}
TABLES = [name for name, source in SOURCES.items() if not source.jsons]


def read(
    source: Source, data: bytes, limits: Limits | None = None, dictionary: Any = DICTIONARY
) -> list[FrontPage | BadRow]:
    """What the source's reader makes of a file."""
    limits, file = limits or Limits(), io.BytesIO(data)
    start = open_file(file, source.spec, limits)
    return list(read_on(file, start, source.spec, dictionary=dictionary, seen=SeenKeys(), limits=limits))


def rows(count: int, **changes: str) -> list[dict[str, str]]:
    """Good discharges with numbers of their own."""
    return [row(A48=f"b{number}", **changes) for number in range(count)]


def workbook(text: str) -> bytes:
    """A table as an xlsx workbook whose cells are text."""
    out = io.BytesIO()
    write_xlsx(out, csv.reader(io.StringIO(text)))
    return out.getvalue()


def through_workbook(source: Source, text: str) -> list[FrontPage | BadRow]:
    """What the source's reader makes of the table saved as a workbook."""
    return read(source, b"".join(as_csv(io.BytesIO(workbook(text)))))
