"""What one column of a front page must agree with in another; definitions section 10.1, checks.

Each check asks first whether the columns it relies on are sound: one cause, one error.
"""

from datetime import date, datetime

from alliance.lib.identity import IdentityRefused, id_number
from alliance.lib.money import yuan
from grouping.readers.dictionary import Codes, Edition
from grouping.readers.layout import PROCEDURES, slots_filled
from grouping.readers.parts import PRINCIPAL, report_unknown
from grouping.readers.record import Record
from grouping.readers.rows import Bill, Limits, Patient, Procedure, Stay

CHINESE_NATIONALS = frozenset(("", "CHN", "CN", "156", "中国"))
_ID_REASONS = {"id_spreadsheet": "id_scientific", "id_checksum": "id_checksum"}
# Neoplasms (C, D00 to D48) need a pathology code, injuries and poisonings (S, T) an external cause.
_NEOPLASM = ("C", *(f"D{number:02}" for number in range(49)))
_INJURY = ("S", "T")
_COMPANION_MISSING = {"C09C": "pathology_missing", "C12C": "external_cause_missing"}


def check_choices(record: Record) -> None:
    """Every enumeration that is filled holds one of its codes; reports invalid_value."""
    for field in record.layout.choices:
        text = record.values.get(field.code)
        if text and text not in field.choices:
            record.report_choice(field, text)


def check_identity(record: Record, patient: Patient) -> None:
    """ID number (18 characters, check digit) against sex and birth; foreigners have other documents."""
    text = record.text("A20")
    if not text or record.text("A15C").upper() not in CHINESE_NATIONALS:
        return
    try:
        identity = id_number(text)
    except IdentityRefused as refused:
        reason = _ID_REASONS.get(refused.reason, "id_malformed")
        record.report("A20", reason, reason, text)
        return
    if record.sound("A12C") and int(identity.sex) != patient.sex:
        record.report("A12C", "sex_id_conflict", "sex_id_conflict", str(patient.sex))
    if record.sound("A13") and identity.birth_date != patient.birth:
        record.report("A13", "birth_id_conflict", "birth_id_conflict", str(patient.birth))


def check_stay(record: Record, stay: Stay, limits: Limits) -> None:
    """Nothing after the day of delivery; admission not after discharge; days of stay within one of the dates
    (same day counts one).
    """
    _check_future(record, stay, limits)
    if not record.sound("B12", "B15"):
        return
    if stay.admitted > stay.discharged:
        discharged = str(stay.discharged)
        record.report(
            "B12",
            "discharge_before_admission",
            "discharge_before_admission",
            str(stay.admitted),
            discharged=discharged,
        )
        return
    days = max((stay.discharged.date() - stay.admitted.date()).days, 1)
    if record.sound("B20") and abs(stay.days - days) > limits.stay_days:
        record.report("B20", "los_conflict", "los_conflict", str(stay.days), days=days)


def _check_future(record: Record, stay: Stay, limits: Limits) -> None:
    """No discharge after the day of delivery; the admission is asked where the discharge is unreadable."""
    last = limits.last_day
    column, at = ("B15", stay.discharged) if record.sound("B15") else ("B12", stay.admitted)
    if last is not None and record.sound(column) and at.date() > last:
        record.report(column, "after_delivery", "after_delivery", str(at), delivered=str(last))


def check_age(record: Record, patient: Patient, admitted: datetime, limits: Limits) -> None:
    """Age in completed years at admission against birth, then age in days and weight of the youngest."""
    if record.sound("A13", "B12"):
        _check_birth(record, patient, admitted, limits)
    if record.sound("A14", "A16"):
        _check_age_days(record, patient, admitted, limits)
    if record.sound("A14", "A16", *record.layout.weights, "A17"):
        _check_newborn(record, patient, limits)


def _check_birth(record: Record, patient: Patient, admitted: datetime, limits: Limits) -> None:
    if patient.birth > admitted.date():
        shown = str(admitted.date())
        record.report(
            "A13", "birth_after_admission", "birth_after_admission", str(patient.birth), admitted=shown
        )
        return
    age = completed_years(patient.birth, admitted.date())
    if record.sound("A14") and abs(age - patient.age) > limits.age_years:
        record.report("A14", "age_conflict", "age_conflict", str(patient.age), age=age)


def _check_age_days(record: Record, patient: Patient, admitted: datetime, limits: Limits) -> None:
    if patient.age > 0:
        if patient.age_days:
            shown = str(patient.age_days)
            record.report("A16", "age_days_conflict", "age_days_at_age", shown, age=patient.age)
    elif patient.age_days is None:
        record.report("A16", "missing_value", "age_days_missing")
    elif record.sound("A13", "B12"):
        days = (admitted.date() - patient.birth).days
        if abs(days - patient.age_days) > limits.age_days:
            record.report("A16", "age_days_conflict", "age_days_conflict", str(patient.age_days), days=days)


def _check_newborn(record: Record, patient: Patient, limits: Limits) -> None:
    newborn = patient.age == 0 and patient.age_days is not None and patient.age_days <= limits.newborn_days
    if newborn and not patient.birth_weights and patient.admission_weight is None:
        record.report("A18x01", "missing_value", "newborn_weight_missing", days=patient.age_days or 0)


def completed_years(birth: date, on: date) -> int:
    """Age in completed years."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def check_operations(record: Record, procedures: tuple[Procedure, ...], stay: Stay) -> None:
    """The day of every procedure lies within the days of the stay."""
    if not record.sound("B12", "B15"):
        return
    first, last = stay.admitted.date(), stay.discharged.date()
    for (_, slot), procedure in zip(slots_filled(record.values, PROCEDURES), procedures, strict=True):
        if procedure.at and not first <= procedure.at.date() <= last:
            dates = {"admitted": str(first), "discharged": str(last)}
            record.report(
                slot.at, "operation_outside_stay", "operation_outside_stay", str(procedure.at), **dates
            )


def check_bill(record: Record, bill: Bill, limits: Limits) -> None:
    """Total above zero and equal to its parts within 1 yuan; the patient's part not above the total.

    A file without some of the columns D11 to D34 can only show that the parts exceed the total.
    """
    if not record.sound("D01"):
        return
    if bill.total <= 0:
        record.report("D01", "bad_amount", "total_not_positive", yuan(bill.total))
        return
    main = record.layout.main_parts
    parts = sum([bill.parts.get(column, 0) for column in main])
    gap = bill.total - parts if record.layout.all_parts else min(bill.total - parts, 0)
    if bill.parts and record.sound(*main) and abs(gap) > limits.fee_fen:
        record.report("D01", "fee_sum_conflict", "fee_sum_conflict", yuan(bill.total), parts=yuan(parts))
    elif record.sound("D09") and bill.own_pay is not None and bill.own_pay > bill.total:
        record.report(
            "D09", "self_pay_over_total", "self_pay_over_total", yuan(bill.own_pay), total=yuan(bill.total)
        )


def check_companions(record: Record, codes: Codes, edition: Edition) -> None:
    """Pathology and external cause where the principal diagnosis asks for them ("-" says there is none)."""
    for column in ("C01C", "C12C"):
        code = record.text(column)
        if code and codes.translation(edition).get(code, code) not in codes.names:
            report_unknown(record, column, code, codes, edition)
    principal = record.text(PRINCIPAL)
    column = companion_of(principal)
    if record.sound(PRINCIPAL) and column and record.has(column) and column not in record.filled:
        record.report(column, "missing_value", _COMPANION_MISSING[column], code=principal)


def companion_of(principal: str) -> str:
    """The column that a principal diagnosis asks to be filled, "" when it asks for none."""
    if principal.startswith(_NEOPLASM):
        return "C09C"
    return "C12C" if principal.startswith(_INJURY) else ""
