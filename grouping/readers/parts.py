"""From the cells of a record to the typed parts of a front page; unreadable cells are reported on it."""

from grouping.readers.dictionary import Codes, Dictionary, Edition
from grouping.readers.layout import DIAGNOSES, PROCEDURES, DiagnosisSlot, ProcedureSlot, slots_filled
from grouping.readers.record import Record
from grouping.readers.rows import Bill, Diagnosis, Patient, Procedure, Stay
from grouping.readers.values import BadValue, amounts, payment_method

PRINCIPAL = "C03C"
MAIN = "C14x01C"


def read_patient(record: Record) -> Patient:
    """Return the patient; the ID number is checked in checks.py."""
    weights = [record.whole(column) for column in record.layout.weights]
    return Patient(
        name=record.optional("A11"),
        id_number=record.optional("A20"),
        sex=record.required_choice("A12C"),
        birth=record.day("A13"),
        age=record.required_whole("A14"),
        age_days=record.whole("A16"),
        birth_weights=tuple(weight for weight in weights if weight),
        admission_weight=record.whole("A17"),
        payment=_payment(record),
    )


def _payment(record: Record) -> str | None:
    text = record.text("A46C")
    try:
        return payment_method(text) if text else None
    except BadValue as bad:
        record.report("A46C", "invalid_value", bad.message, text)
        return None


def read_stay(record: Record) -> Stay:
    """Return the stay: times, departments as delivered, days, way of discharge, doctors by column."""
    doctors = ((column, record.text(column)) for column in record.layout.doctors)
    return Stay(
        admission_path=record.choice("B11C"),
        admitted=record.moment("B12"),
        department_in=record.optional("B13C"),
        discharged=record.moment("B15"),
        department_out=record.required("B16C"),
        transfers=tuple(code for part in record.text("B21C").split(",") if (code := part.strip())),
        days=record.required_whole("B20"),
        discharge_way=record.required_choice("B34C"),
        receiver=record.optional("B35"),
        readmission_plan=record.choice("B36C"),
        readmission_purpose=record.optional("B37"),
        doctors=tuple((column, name) for column, name in doctors if name),
    )


def read_diagnoses(record: Record, codes: Codes, edition: Edition) -> tuple[Diagnosis, ...]:
    """Return the diagnoses, principal first, in the insurance edition; reports missing and unknown codes."""
    if not record.text(PRINCIPAL):
        record.report(PRINCIPAL, "missing_principal", "principal_missing")
    filled = slots_filled(record.values, DIAGNOSES)
    return tuple([_diagnosis(record, slot, code, codes, edition) for code, slot in filled])


def _diagnosis(
    record: Record, slot: DiagnosisSlot, recorded: str, codes: Codes, edition: Edition
) -> Diagnosis:
    code = codes.translation(edition).get(recorded, recorded)
    if code not in codes.names:
        report_unknown(record, slot.code, recorded, codes, edition)
    return Diagnosis(code, recorded, record.text(slot.name), record.choice(slot.condition))


def report_unknown(record: Record, column: str, code: str, codes: Codes, edition: Edition) -> None:
    """Report a code that the dictionary does not have, with up to three codes that begin alike."""
    kind = "unknown_procedure" if codes.category > 3 else "unknown_diagnosis"
    near, continues = codes.near(code, edition)
    if near:
        record.report(column, kind, "code_too_short" if continues else "code_near", code, codes=near)
    elif kind == "unknown_procedure" and code[2:3] != ".":
        record.report(column, kind, "procedure_form", code)
    else:
        record.report(column, kind, "code_unknown", code)


def read_procedures(
    record: Record, dictionary: Dictionary, edition: Edition, levels: bool = True
) -> tuple[Procedure, ...]:
    """Return the procedures, main first, in the insurance edition; reports unknown codes, times, levels.

    `levels`: whether the document states levels of operations at all.
    """
    codes = dictionary.procedures
    filled = slots_filled(record.values, PROCEDURES)
    procedures = tuple([_procedure(record, slot, code, codes, edition) for code, slot in filled])
    if procedures and record.has(MAIN):
        _check_main(record, procedures[0], dictionary, levels)
    return procedures


def _procedure(
    record: Record, slot: ProcedureSlot, recorded: str, codes: Codes, edition: Edition
) -> Procedure:
    code = codes.translation(edition).get(recorded, recorded)
    if code not in codes.names:
        report_unknown(record, slot.code, recorded, codes, edition)
    return Procedure(
        code=code,
        recorded=recorded,
        name=record.text(slot.name),
        at=record.optional_moment(slot.at),
        level=record.choice(slot.level),
        surgeon=record.optional(slot.surgeon),
    )


def _check_main(record: Record, first: Procedure, dictionary: Dictionary, levels: bool) -> None:
    if not record.text(MAIN):
        record.report(MAIN, "missing_main_procedure", "main_procedure_missing")
    elif levels and first.level is None and record.sound(MAIN) and dictionary.is_operation(first.code):
        record.report("C17x01", "missing_operation_level", "operation_level_missing", code=first.recorded)


def read_bill(record: Record) -> Bill:
    """Return the charges in fen; a part that is empty is left out, never taken for zero."""
    filled = [column for column in record.layout.parts if column in record.values]
    return Bill(
        total=record.required_amount("D01"), own_pay=record.amount("D09"), parts=_amounts(record, filled)
    )


def _amounts(record: Record, columns: list[str]) -> dict[str, int]:
    usual = amounts([record.values[column] for column in columns])
    if usual is not None:
        return dict(zip(columns, usual, strict=True))
    single = ((column, record.amount(column)) for column in columns)
    return {column: fen for column, fen in single if fen is not None}
