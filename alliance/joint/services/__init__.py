"""What is done in joint work."""

from alliance.joint.services.enrolments import Entry, enrol, name_doctor, withdraw
from alliance.joint.services.milestones import finish, reopen
from alliance.joint.services.projects import (
    Agreed,
    Terms,
    agree_steps,
    days_of,
    end_project,
    known_parameters,
    open_project,
    steps_on,
)
from alliance.joint.services.refusals import JointRefused
from alliance.joint.services.sheets import enrol_by_sheet

__all__ = [
    "Agreed",
    "Entry",
    "JointRefused",
    "Terms",
    "agree_steps",
    "days_of",
    "end_project",
    "enrol",
    "enrol_by_sheet",
    "finish",
    "known_parameters",
    "name_doctor",
    "open_project",
    "reopen",
    "steps_on",
    "withdraw",
]
