"""Tables of referrals."""

from referrals.models.followup import FollowUp
from referrals.models.queries import ReferralQuerySet, rank
from referrals.models.referral import Referral, ReferralNumber

__all__ = ["FollowUp", "Referral", "ReferralNumber", "ReferralQuerySet", "rank"]
