"""Forms of a referral: what the sender writes, and the few words of each step."""

from referrals.forms.emergency import EmergencyForm, FormLater
from referrals.forms.log import (
    AmendForm,
    ExplanationForm,
    FileForm,
    FilingForm,
    LogForm,
    ReceptionForm,
    departments_of,
)
from referrals.forms.steps import STEP_FORMS, step_form

__all__ = [
    "STEP_FORMS",
    "AmendForm",
    "EmergencyForm",
    "ExplanationForm",
    "FileForm",
    "FilingForm",
    "FormLater",
    "LogForm",
    "ReceptionForm",
    "departments_of",
    "step_form",
]
