"""What can be done with a referral; each service is one sentence, one transaction, one journal entry."""

from referrals.services.followups import Visit
from referrals.services.log import Content, amend, faults, goes, is_code, live_one, log_referral
from referrals.services.refusals import ReferralRefused
from referrals.services.steps import (
    STEPS,
    accept,
    arrive,
    ask,
    cancel,
    close,
    complete,
    decline,
    follow_up,
    no_show,
    resubmit,
    schedule,
    treat,
)

__all__ = [
    "STEPS",
    "Content",
    "ReferralRefused",
    "Visit",
    "accept",
    "amend",
    "arrive",
    "ask",
    "cancel",
    "close",
    "complete",
    "decline",
    "faults",
    "follow_up",
    "goes",
    "is_code",
    "live_one",
    "log_referral",
    "no_show",
    "resubmit",
    "schedule",
    "treat",
]
