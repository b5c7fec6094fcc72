"""Complaints 投诉 and the sealed box 举报: what people say, with its clocks."""

from complaints.models.box import Report, ReportEvent, ReportFile
from complaints.models.complaint import Complaint
from complaints.models.keepers import BoxDeed, BoxKeeper
from complaints.models.numbers import ComplaintNumber
from complaints.models.parts import Addition, Answer, ComplaintFile, Concerned, Escalation
from complaints.models.words import (
    BY_ONESELF,
    ORDERS,
    TAKEN_DOWN,
    Channel,
    Clock,
    Filer,
    Level,
    Reached,
    Severity,
    Verdict,
    Way,
    Word,
)

__all__ = [
    "BY_ONESELF", "ORDERS", "TAKEN_DOWN", "Addition", "Answer", "BoxDeed", "BoxKeeper", "Channel",
    "Clock", "Complaint", "ComplaintFile", "ComplaintNumber", "Concerned", "Escalation", "Filer",
    "Level", "Reached", "Report", "ReportEvent", "ReportFile", "Severity", "Verdict", "Way", "Word",
]  # fmt: skip
