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
from referrals.forms.person import PERSON_FIELDS, CheckFields, PersonFields, add_refusal, identity_of
from referrals.forms.steps import STEP_FORMS

__all__ = [
    "PERSON_FIELDS",
    "STEP_FORMS",
    "AmendForm",
    "CheckFields",
    "EmergencyForm",
    "ExplanationForm",
    "FileForm",
    "FilingForm",
    "FormLater",
    "LogForm",
    "PersonFields",
    "ReceptionForm",
    "add_refusal",
    "departments_of",
    "identity_of",
]
