from performance.meetings.models.base import ANSWER, RUN, VIEW
from performance.meetings.models.bodies import Body, Seat
from performance.meetings.models.meetings import (
    AgendaItem,
    Attendance,
    Meeting,
    desk,
    leading,
)
from performance.meetings.models.minutes import Minutes, Resolution
from performance.meetings.models.reviews import CaseOpinion, CaseReview, DrawnCase
from performance.meetings.models.tasks import Task, TaskAnswer, TaskFile
from performance.meetings.models.unifying import Unified

__all__ = [
    "ANSWER",
    "RUN",
    "VIEW",
    "AgendaItem",
    "Attendance",
    "Body",
    "CaseOpinion",
    "CaseReview",
    "DrawnCase",
    "Meeting",
    "Minutes",
    "Resolution",
    "Seat",
    "Task",
    "TaskAnswer",
    "TaskFile",
    "Unified",
    "desk",
    "leading",
]
