"""Tables of referrals."""

from referrals.models.followup import FollowUp
from referrals.models.numbers import ReferralNumber
from referrals.models.places import OutsidePlace, Reception, ReferralFile
from referrals.models.queries import ReferralQuerySet, rank
from referrals.models.rates import CapturedDown, RateExplanation
from referrals.models.referral import Referral
from referrals.models.visits import VisitCount
from referrals.models.worded import years_between

__all__ = [
    "CapturedDown",
    "FollowUp",
    "OutsidePlace",
    "RateExplanation",
    "Reception",
    "Referral",
    "ReferralFile",
    "ReferralNumber",
    "ReferralQuerySet",
    "VisitCount",
    "rank",
    "years_between",
]
