"""What can be done with a referral; each service is one sentence, one transaction, one journal entry."""

from referrals.services.log import Content, amend, faults, goes, live_one, log_referral
from referrals.services.moves import STEPS, accept, arrive, cancel, complete, decline, no_show
from referrals.services.refusals import ReferralRefused

__all__ = [
    "STEPS",
    "Content",
    "ReferralRefused",
    "accept",
    "amend",
    "arrive",
    "cancel",
    "complete",
    "decline",
    "faults",
    "goes",
    "live_one",
    "log_referral",
    "no_show",
]
