"""Words of this room in the language of the page: kinds of errors, codes of the front page, refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from alliance.models import JobChunk
from grouping.models import BadRow, Case, CaseFile
from grouping.readers.fields import field_name
from grouping.readers.formats import names_of
from grouping.readers.messages import CHINESE, ENGLISH, MESSAGES, Names, Param, sentence
from grouping.services import sources

KINDS: Mapping[str, Any] = {
    "malformed_row": gettext_lazy("row cannot be read"),
    "wrong_field_count": gettext_lazy("number of columns"),
    "institution_unknown": gettext_lazy("institution unknown"),
    "institution_other": gettext_lazy("another institution's case"),
    "duplicate_record": gettext_lazy("row twice"),
    "missing_value": gettext_lazy("value missing"),
    "invalid_value": gettext_lazy("not in the code list"),
    "invalid_sex": gettext_lazy("sex"),
    "invalid_discharge_way": gettext_lazy("way of discharge"),
    "bad_number": gettext_lazy("not a number"),
    "bad_amount": gettext_lazy("not an amount"),
    "bad_datetime": gettext_lazy("date or time"),
    "scientific_notation": gettext_lazy("rewritten by a spreadsheet"),
    "missing_principal": gettext_lazy("no principal diagnosis"),
    "unknown_diagnosis": gettext_lazy("unknown diagnosis code"),
    "unknown_procedure": gettext_lazy("unknown procedure code"),
    "missing_main_procedure": gettext_lazy("no main procedure"),
    "missing_operation_level": gettext_lazy("level of the operation"),
    "operation_outside_stay": gettext_lazy("operation outside the stay"),
    "discharge_before_admission": gettext_lazy("discharge before admission"),
    "los_conflict": gettext_lazy("days of stay"),
    "after_delivery": gettext_lazy("after the day of delivery"),
    "id_scientific": gettext_lazy("ID number rewritten by a spreadsheet"),
    "id_checksum": gettext_lazy("check digit of the ID number"),
    "id_malformed": gettext_lazy("form of the ID number"),
    "sex_id_conflict": gettext_lazy("sex against ID number"),
    "birth_id_conflict": gettext_lazy("birth date against ID number"),
    "birth_after_admission": gettext_lazy("born after admission"),
    "age_conflict": gettext_lazy("age"),
    "age_days_conflict": gettext_lazy("age in days"),
    "fee_sum_conflict": gettext_lazy("charges do not add up"),
    "self_pay_over_total": gettext_lazy("own payment above the total"),
    "list_incomplete": gettext_lazy("4101A without its 4101"),
    "value_too_long": gettext_lazy("too long"),
    "too_many_values": gettext_lazy("too many values"),
}
DISCHARGE_WAYS: Mapping[int, Any] = {
    1: gettext_lazy("home, by the doctor's order"),
    2: gettext_lazy("to another institution"),
    3: gettext_lazy("to a community or township centre"),
    4: gettext_lazy("against advice"),
    5: gettext_lazy("died"),
    9: gettext_lazy("other"),
}
CONDITIONS: Mapping[int, Any] = {
    1: gettext_lazy("present"),
    2: gettext_lazy("clinically undetermined"),
    3: gettext_lazy("unknown"),
    4: gettext_lazy("not present"),
}
FILE_STATES: Mapping[str, Any] = {
    CaseFile.State.RECEIVED: gettext_lazy("being checked"),
    CaseFile.State.CHECKED: gettext_lazy("to be decided"),
    CaseFile.State.REFUSED: gettext_lazy("cannot be read"),
    CaseFile.State.PUBLISHED: gettext_lazy("stored"),
    CaseFile.State.DISCARDED: gettext_lazy("put aside"),
}
SEXES: Mapping[int, Any] = {1: gettext_lazy("male"), 2: gettext_lazy("female")}


def language() -> str:
    """The readers' name of the page's language: "zh" or "en"."""
    return ENGLISH if (get_language() or "").startswith("en") else CHINESE


def kind_word(code: str) -> str:
    """The kind of an error in words."""
    return str(KINDS.get(code, code))


def column_name(code: str) -> str:
    """The name of a front-page column."""
    return field_name(code, language())


def bad_sentence(row: BadRow, language_code: str) -> str:
    """What is wrong with a row, where, and what to do, in the words of its source; "zh" or "en"."""
    known: dict[str, Param] = {"line": row.line, "column": row.column, "value": row.value}
    return sentence(row.message, known | params_of(row.params), language_code, names(row.file))


def names(file: CaseFile) -> Names | None:
    """How the source of a file calls its columns; None: as the standard does. Asked for once a file."""
    if not hasattr(file, "_names"):
        spec = None if file.source_id is None else sources.spec_of(file)
        file._names = None if spec is None else names_of(spec, header(file))  # type: ignore[attr-defined]
    found: Names | None = file._names  # type: ignore[attr-defined]
    return found


def heading(row: BadRow) -> str:
    """The column of an error as its file calls it."""
    found = names(row.file)
    return row.column if found is None else found.columns.get(row.column, row.column)


def header(file: CaseFile) -> tuple[str, ...]:
    """The header of a file as its check has read it."""
    chunk = JobChunk.objects.filter(job=file.job_id).order_by("-number").first()
    return tuple(chunk.result.get("header", ())) if chunk is not None else ()


def refusal(file: CaseFile) -> str:
    """Why the whole file cannot be read, and what to do."""
    found = file.refusal or {}
    if found.get("reason") not in MESSAGES:
        return _("The file cannot be read. Export it again.")
    known = params_of(found.get("arguments", {}))
    if "limit" in known:
        known.setdefault("mib", str(int(str(known["limit"])) >> 20))
    return sentence(found["reason"], known, language())


def params_of(stored: Mapping[str, Any]) -> dict[str, Param]:
    """Parameters out of JSON: lists are tuples again; a tuple kept as text is one again, too."""
    return {name: _param(value) for name, value in stored.items()}


def _param(value: Any) -> Param:
    if isinstance(value, str) and value.startswith("('"):
        return tuple(re.findall(r"'([^']*)'", value))
    return tuple(value) if isinstance(value, list) else value


def content_name(column: str) -> str:
    """The name of a column of a stored case."""
    if column == "recorded":
        return _("names, conditions and times")
    return str(Case._meta.get_field(column).verbose_name)  # type: ignore[union-attr]


def size_word(size: int) -> str:
    """Bytes for people: 1.4 MB, 12 kB."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(size // 1000, 1)} kB"
