"""What is done in joint work."""

from alliance.joint.services.conferences import (
    Held,
    Meeting,
    Question,
    add_paper,
    bring_case,
    cancel_conference,
    hold_conference,
    plan_conference,
    take_part,
    void_line,
)
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
from alliance.joint.services.research import Study, end_research, register_research
from alliance.joint.services.sheets import enrol_by_sheet
from alliance.joint.services.techniques import (
    NewTechnique,
    Performed,
    allow,
    confirm_case,
    decide_subsidy,
    disallow,
    end_technique,
    perform,
    register_technique,
    reject_case,
)

__all__ = [
    "Agreed",
    "Entry",
    "Held",
    "JointRefused",
    "Meeting",
    "NewTechnique",
    "Performed",
    "Question",
    "Study",
    "Terms",
    "add_paper",
    "agree_steps",
    "allow",
    "bring_case",
    "cancel_conference",
    "confirm_case",
    "days_of",
    "decide_subsidy",
    "disallow",
    "end_project",
    "end_research",
    "end_technique",
    "enrol",
    "enrol_by_sheet",
    "finish",
    "hold_conference",
    "known_parameters",
    "name_doctor",
    "open_project",
    "perform",
    "plan_conference",
    "register_research",
    "register_technique",
    "reject_case",
    "reopen",
    "steps_on",
    "take_part",
    "void_line",
    "withdraw",
]
