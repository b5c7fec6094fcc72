"""What can be done with a consultation; each service is one sentence, one transaction, one journal entry."""

from referrals.consultations.services.asking import Question, amend, ask, faults, rule_of, serving
from referrals.consultations.services.attaching import attach
from referrals.consultations.services.centres import register
from referrals.consultations.services.episodes import (
    begin_rehabilitation,
    end_rehabilitation,
    link_referral,
    open_episode,
)
from referrals.consultations.services.episodes import close as close_episode
from referrals.consultations.services.fees import charge_missing, set_rate, without_fee
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
    "begin_rehabilitation",
    "cancel",
    "charge_missing",
    "close",
    "close_episode",
    "decline",
    "end_rehabilitation",
    "faults",
    "link_referral",
    "open_episode",
    "record",
    "register",
    "rule_of",
    "send_back",
    "serving",
    "set_rate",
    "without_fee",
]
