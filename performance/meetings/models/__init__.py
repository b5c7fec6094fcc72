from performance.meetings.models.base import ANSWER, RUN, VIEW
from performance.meetings.models.bodies import Body, Seat
from performance.meetings.models.meetings import (
    AgendaItem,
    Attendance,
    Meeting,
    Minutes,
    Resolution,
    desk,
    leading,
)
from performance.meetings.models.tasks import Task, TaskAnswer, TaskFile

__all__ = [
    "ANSWER",
    "RUN",
    "VIEW",
    "AgendaItem",
    "Attendance",
    "Body",
    "Meeting",
    "Minutes",
    "Resolution",
    "Seat",
    "Task",
    "TaskAnswer",
    "TaskFile",
    "desk",
    "leading",
]
