"""Consultations 会诊: one institution asks, another answers; readings and tests of shared centres too."""

from referrals.consultations.models.answers import Concordance, ConsultationFile
from referrals.consultations.models.centres import Centre
from referrals.consultations.models.episodes import Episode, EpisodeLink, Rehabilitation
from referrals.consultations.models.fees import Fee, FeeRate
from referrals.consultations.models.questions import Consultation, ConsultationNumber
from referrals.consultations.models.words import BY_CENTRES, READINGS, Kind, Urgency

__all__ = [
    "BY_CENTRES", "READINGS", "Centre", "Concordance", "Consultation", "ConsultationFile",
    "ConsultationNumber", "Episode", "EpisodeLink", "Fee", "FeeRate", "Kind", "Rehabilitation", "Urgency",
]  # fmt: skip
