"""The reader of settlement lists 结算清单 (national interface 4101 and 4101A, JSON): the second document of a
stay, with hours in intensive care and the charges of the list. Source: definitions section 10.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from alliance.lib.money import yuan
from grouping.readers import cells, values, wards
from grouping.readers.assembling import Assembler, SeenKeys
from grouping.readers.derived import DERIVED, derive
from grouping.readers.dictionary import Dictionary, Edition
from grouping.readers.fields import FIELDS
from grouping.readers.layout import compile_layout
from grouping.readers.listfields import ICU, ID_CARD, KEPT, SETL, VENTILATOR, WESTERN
from grouping.readers.mapping import SERIES
from grouping.readers.nodes import entries, text_of
from grouping.readers.objects import Objects, Unreadable, open_objects, parse
from grouping.readers.record import Record
from grouping.readers.rows import BadRow, Checkpoint, FrontPage, Limits, Position, RowError
from grouping.readers.words import NO_WORDS

DEFAULT_LIMITS = Limits()
_DIAGNOSES = (SERIES["C03C"], SERIES["C04N"], SERIES["C05C"])
_PROCEDURES = (SERIES["C14x01C"], SERIES["C15x01N"], SERIES["C16x01"])
HEADER = (
    "A01",
    "A20",
    *SETL,
    "D01",
    "D09",
    *(column for series in (*_DIAGNOSES, *_PROCEDURES) for column in series),
)
_HEADER_WITHOUT_VISIT = tuple(column for column in HEADER if column != "A49")
# Standard column -> where it stands in the list, for the sentences about errors.
PLACES: dict[str, str] = {
    "A01": "fixmedins_code",
    "A20": "certno",
    **{column: names[0] for column, names in SETL.items()},
    **dict.fromkeys(SERIES["C03C"], "diseinfo.diag_code"),
    **dict.fromkeys(SERIES["C04N"], "diseinfo.diag_name"),
    **dict.fromkeys(SERIES["C05C"], "diseinfo.adm_cond_type"),
    **dict.fromkeys(SERIES["C14x01C"], "oprninfo.oprn_oprt_code"),
    **dict.fromkeys(SERIES["C16x01"], "oprninfo.oprn_oprt_date"),
    "D01": "iteminfo.amt",
    "D09": "psn_selfpay + psn_ownpay",
    ICU: "icuinfo.scs_cutd_sum_dura",
    VENTILATOR: "vent_used_dura",
}
_MAIN = ("main_oprn_flag", "oprn_oprt_type")
NOBODY: dict[str, Any] = {}
_READ = {column: cells.reader_of(FIELDS[column], NO_WORDS, "", "") for column in HEADER}


def open_lists(file: BinaryIO, limits: Limits = DEFAULT_LIMITS) -> Checkpoint:
    """Find out the encoding and where the first list begins. Raises FileRefused as open_objects does."""
    encoding = open_objects(file, limits)
    return Checkpoint(encoding.name, (), encoding.start)


class SettlementReader(Iterator[FrontPage | BadRow]):
    """The lists of a file from a checkpoint on; `line` of a row is the number of the list in the file.

    organisations: fixmedins_code or fixmedins_name -> organisation code. `organisation`: whose lists they are
    where they do not say so.
    """

    def __init__(
        self,
        file: BinaryIO,
        start: Checkpoint,
        *,
        dictionary: Dictionary,
        edition: Edition,
        organisations: Mapping[str, str],
        organisation: str = "",
        limits: Limits = DEFAULT_LIMITS,
        seen: SeenKeys | None = None,
    ) -> None:
        self._start = start
        self._objects = Objects(file, start.encoding, start.position, limits)
        self._organisations, self._organisation = organisations, organisation
        self._layouts = {header: compile_layout(header) for header in (HEADER, _HEADER_WITHOUT_VISIT)}
        self._assemblers = {
            header: Assembler(layout, dictionary, edition, limits, seen, levels=False)
            for header, layout in self._layouts.items()
        }

    @property
    def position(self) -> Position:
        """Where the next list begins."""
        return self._objects.position

    @property
    def checkpoint(self) -> Checkpoint:
        """All that is needed to go on behind the last list."""
        return Checkpoint(self._start.encoding, (), self.position)

    def __next__(self) -> FrontPage | BadRow:
        number = self._objects.number
        text = next(self._objects)
        try:
            return self._list(_body(parse(text)), number)
        except Unreadable as fault:
            error = RowError(number, "", "malformed_row", "", fault.message, tuple(fault.params.items()))
            return BadRow(number, number, (error,), None, {})

    def _list(self, body: Mapping[str, Any], number: int) -> FrontPage | BadRow:
        setl = body["setlinfo"]
        filled = _standard(setl)
        filled["A01"] = self._institution(setl)
        header = HEADER if filled.get("A49") else _HEADER_WITHOUT_VISIT
        record = Record(self._layouts[header], [filled.get(column, "") for column in header], number)
        _fill(record, _DIAGNOSES, _diagnoses(record, body))
        _fill(record, _PROCEDURES, _procedures(record, body))
        charges = _charges(record, body, setl)
        hours = wards.intensive_care(record, body)
        wards.duration(record, VENTILATOR, text_of(setl, "vent_used_dura"))
        found = self._assemblers[header].page(record, number)
        raw = {**found.raw, **_kept(setl), **_funds(body)}
        if isinstance(found, BadRow):
            errors = _alone(number, setl) if _clinical_only(body, setl) else found.errors
            return replace(found, errors=errors, raw=raw)
        stay = replace(found.stay, icu_hours=hours)
        return replace(found, stay=stay, bill=replace(found.bill, parts=charges), raw=raw)

    def _institution(self, setl: Mapping[str, Any]) -> str:
        stated = [text for name in ("fixmedins_code", "fixmedins_name") if (text := text_of(setl, name))]
        known = next((self._organisations[text] for text in stated if text in self._organisations), None)
        return known or (stated[0] if stated else self._organisation)


def _body(found: dict[str, Any]) -> dict[str, Any]:
    """The list itself, out of the envelope of the interface where there is one."""
    while isinstance(found.get("input") or found.get("data"), dict) and "setlinfo" not in found:
        found = found.get("input") or found["data"]
    setl = found.get("setlinfo")
    if isinstance(setl, list) and len(setl) == 1:
        found = {**found, "setlinfo": setl[0]}
    if not isinstance(found.get("setlinfo"), dict):
        raise Unreadable("json_no_setlinfo")
    return found


def _clinical_only(body: Mapping[str, Any], setl: Mapping[str, Any]) -> bool:
    """Whether it is a 4101A sent alone: it has neither the person nor the charges, only the clinical part."""
    names = ("psn_name", "certno", "medfee_sumamt")
    return not any(text_of(setl, name) for name in names) and not entries(body, "iteminfo")


def _alone(number: int, setl: Mapping[str, Any]) -> tuple[RowError, ...]:
    """One finding for it, in place of one for each field that its 4101 holds."""
    known = text_of(setl, "setl_id")[:40] or "-"
    return (RowError(number, "A11", "list_incomplete", "", "list_alone", (("setl", known),)),)


def _standard(setl: Mapping[str, Any]) -> dict[str, str]:
    """The fields of the list in the written form of the standard."""
    found = {column: _READ[column](text) for column, names in SETL.items() if (text := text_of(setl, *names))}
    if text_of(setl, "patn_cert_type") in ID_CARD:
        found["A20"] = text_of(setl, "certno")
    for weight in ("A17", "A18x01"):
        if found.get(weight) == "0":
            del found[weight]  # 0 is how a missing weight is sent (FORMAT section 3)
    if found.get("A14", "0") != "0" and found.get("A16") == "0":
        del found["A16"]
    if "A16" in found:
        found.setdefault("A14", "0")
    for column in DERIVED:
        if column not in found:
            found[column] = derive(column, found)
    return found


def _diagnoses(record: Record, body: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(code, name, condition) of the western diagnoses, the one flagged as principal first."""
    nodes = [node for node in entries(body, "diseinfo") if text_of(node, "diag_type") in ("", *WESTERN)]
    flagged = [node for node in nodes if text_of(node, "maindiag_flag") == "1"]
    if len(flagged) > 1:
        codes = tuple(text_of(node, "diag_code") for node in flagged)
        record.report("C03C", "missing_principal", "principal_twice", codes=codes)
    ordered = _first(nodes, flagged, stated=any(text_of(node, "maindiag_flag") for node in nodes))
    return [
        (
            text_of(node, "diag_code"),
            text_of(node, "diag_name"),
            cells.choice(text_of(node, "adm_cond_type"), "C05C"),
        )
        for node in ordered
        if text_of(node, "diag_code") or node is NOBODY
    ]


def _procedures(record: Record, body: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(code, name, time) of the procedures, the main one first; 4101 states the day, 4101A begin and end."""
    nodes = [node for node in entries(body, "oprninfo") if text_of(node, "oprn_oprt_code")]
    main = [node for node in nodes if "1" in [text_of(node, name) for name in _MAIN]]
    return [
        (
            text_of(node, "oprn_oprt_code"),
            text_of(node, "oprn_oprt_name"),
            cells.moment(text_of(node, "oprn_oprt_date", "oprn_oprt_begntime")),
        )
        for node in _first(nodes, main, stated=any(text_of(node, *_MAIN) for node in nodes))
    ]


def _first(
    nodes: list[dict[str, Any]], flagged: list[dict[str, Any]], *, stated: bool
) -> list[dict[str, Any]]:
    """The flagged entry first; where flags are stated and none is set, nobody stands in the first place."""
    if flagged:
        return [flagged[0], *(node for node in nodes if node is not flagged[0])]
    return [NOBODY, *nodes] if stated else nodes


def _fill(record: Record, series: Sequence[tuple[str, ...]], rows: list[tuple[str, str, str]]) -> None:
    """Put rows into the places of the form; more than it holds are reported, never cut."""
    places = series[0]
    if len(rows) > len(places):
        record.report(places[-1], "too_many_values", "too_many_values", most=len(places), found=len(rows))
    for row, columns in zip(rows, zip(*series, strict=True), strict=False):
        for column, text in zip(columns, row, strict=True):
            if text:
                record.filled[column] = text
                if text != "-":
                    record.values[column] = text


def _charges(record: Record, body: Mapping[str, Any], setl: Mapping[str, Any]) -> dict[str, int]:
    """Charges by category in fen; the total is their sum, the patient's part self-paid plus own-paid."""
    parts: dict[str, int] = {}
    for node in entries(body, "iteminfo"):
        key = f"L{text_of(node, 'med_chrgitm')[:4].zfill(2)}"
        parts[key] = parts.get(key, 0) + _fen(record, "D01", text_of(node, "amt"))
    stated = text_of(setl, "medfee_sumamt")
    if parts:
        _put(record, "D01", sum(parts.values()))
        if stated and abs(_fen(record, "D01", stated) - sum(parts.values())) > DEFAULT_LIMITS.fee_fen:
            record.report(
                "D01", "fee_sum_conflict", "list_sum_conflict", stated, parts=yuan(sum(parts.values()))
            )
    elif stated:
        _put(record, "D01", _fen(record, "D01", stated))
    own = [text for name in ("psn_selfpay", "psn_ownpay") if (text := text_of(setl, name))]
    if own:
        _put(record, "D09", sum(_fen(record, "D09", text) for text in own))
    return parts


def _fen(record: Record, column: str, text: str) -> int:
    try:
        return values.amount(cells.amount(text))
    except values.BadValue as bad:
        record.report(column, "bad_amount", bad.message, text)
        return 0


def _put(record: Record, column: str, fen: int) -> None:
    record.filled[column] = record.values[column] = f"{fen // 100}.{fen % 100:02}"


def _kept(setl: Mapping[str, Any]) -> dict[str, str]:
    return {name: text[:200] for name in KEPT if (text := text_of(setl, name))}


def _funds(body: Mapping[str, Any]) -> dict[str, str]:
    """What each fund paid, by its type, as written."""
    nodes = entries(body, "payinfo")
    return {
        f"payinfo.{text_of(node, 'fund_pay_type')[:20]}": text_of(node, "fund_payamt")[:20] for node in nodes
    }
