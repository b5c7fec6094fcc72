"""Tables of referrals."""

from referrals.models.followup import FollowUp
from referrals.models.places import OutsidePlace, Reception, ReferralFile
from referrals.models.queries import ReferralQuerySet, rank
from referrals.models.rates import CapturedDown, RateExplanation
from referrals.models.referral import Referral, ReferralNumber, years_between
from referrals.models.visits import VisitCount

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
