"""Which cause a finding of a file's check belongs to, and what can be done about it (practice.md 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from grouping.models.queues import Cause

CLINICAL = "clinical_edition"  # an unknown code that the scheme's map knows as one of the clinical edition
UNKNOWN = ("unknown_diagnosis", "unknown_procedure")
OF_FINDING: Mapping[str, Cause] = {
    "missing_principal": Cause.NO_PRINCIPAL,
    "unknown_diagnosis": Cause.UNKNOWN_CODE,
    "unknown_procedure": Cause.UNKNOWN_CODE,
    CLINICAL: Cause.CLINICAL_CODE,
    "invalid_sex": Cause.SEX_AGE,
    "sex_id_conflict": Cause.SEX_AGE,
    "age_conflict": Cause.SEX_AGE,
    "age_days_conflict": Cause.SEX_AGE,
    "birth_id_conflict": Cause.SEX_AGE,
    "birth_after_admission": Cause.SEX_AGE,
    "bad_datetime": Cause.TIMES,
    "discharge_before_admission": Cause.TIMES,
    "los_conflict": Cause.TIMES,
    "after_delivery": Cause.TIMES,
    "operation_outside_stay": Cause.TIMES,
    "bad_amount": Cause.CHARGES,
    "fee_sum_conflict": Cause.CHARGES,
    "self_pay_over_total": Cause.CHARGES,
    "list_incomplete": Cause.VALUE,
}
# What to do, in one sentence beside the cause.
REMEDIES: Mapping[str, Any] = {
    Cause.NO_PRINCIPAL: _("Ask the doctor for the principal diagnosis."),
    Cause.UNKNOWN_CODE: _("Recode it in the hospital's system with a code of the insurance edition."),
    Cause.CLINICAL_CODE: _("Set the source to the clinical edition, or export insurance codes."),
    Cause.SEX_AGE: _("Check against the ID card and correct the record at the source."),
    Cause.TIMES: _("Check the dates of the stay and the operations at the source."),
    Cause.CHARGES: _("Charges by class must add up to the total; the finance desk corrects them."),
    Cause.VALUE: _("Fill or correct the value in the hospital's system."),
    Cause.UNGROUPED: _("Open the steps of the case; ask the doctor if the principal diagnosis is in doubt."),
    Cause.AMBIGUOUS: _("The operation does not go with the principal diagnosis: ask the doctor."),
    Cause.ADRG_ONLY: _("The scheme has no DRG for it; no error of the record."),
    Cause.OUT_OF_SCOPE: _("Outside the scheme: no error. Say so and it leaves the queue."),
    Cause.COST_HIGH: _("Check the charges against the bill; a right record is no error."),
    Cause.COST_LOW: _("Check the charges against the bill; a right record is no error."),
}


def of_finding(code: str) -> Cause:
    """The cause a kind of finding belongs to; kinds that name a value of their own are `value`."""
    return OF_FINDING.get(code, Cause.VALUE)
