"""What can be done with a consultation; each service is one sentence, one transaction, one journal entry."""

from referrals.consultations.services.asking import Question, amend, ask, faults, rule_of, serving
from referrals.consultations.services.attaching import attach
from referrals.consultations.services.centres import register
from referrals.consultations.services.judging import record
from referrals.consultations.services.moves import (
    STEPS,
    accept,
    answer,
    assign,
    cancel,
    close,
    decline,
    send_back,
)
from referrals.consultations.services.refusals import ConsultationRefused

__all__ = [
    "STEPS",
    "ConsultationRefused",
    "Question",
    "accept",
    "amend",
    "answer",
    "ask",
    "assign",
    "attach",
    "cancel",
    "close",
    "decline",
    "faults",
    "record",
    "register",
    "rule_of",
    "send_back",
    "serving",
]
