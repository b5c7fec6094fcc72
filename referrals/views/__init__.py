"""Pages of referrals."""

from referrals.views.board import board
from referrals.views.emergency import emergency, form_later, telephoned
from referrals.views.flow import patient_flow
from referrals.views.papers import add_file, file, filing
from referrals.views.rates import capture, captured, explain, rates
from referrals.views.reception import reception, reception_edit
from referrals.views.records import rate_records
from referrals.views.referral import act, amend, check, diagnoses, log, referral, referral_list
from referrals.views.sheet import scan, sheet
from referrals.views.transfers import transfers
from referrals.views.visits import visits

__all__ = [
    "act",
    "add_file",
    "amend",
    "board",
    "capture",
    "captured",
    "check",
    "diagnoses",
    "emergency",
    "explain",
    "file",
    "filing",
    "form_later",
    "log",
    "patient_flow",
    "rate_records",
    "rates",
    "reception",
    "reception_edit",
    "referral",
    "referral_list",
    "scan",
    "sheet",
    "telephoned",
    "transfers",
    "visits",
]
