"""What joint work tells the floors above: S2-10, S2-28, S3-08, S3-18, S3-45."""

from alliance.joint.facts.conferences import (
    CONFERENCE_KIND,
    ConferenceFact,
    conference_facts,
    conference_records,
    held_between,
)
from alliance.joint.facts.figures import (
    FIGURES,
    JointMonth,
    enrolment_rows,
    joint_months,
    persons_due,
    project_rows,
    research_rows,
)
from alliance.joint.facts.persons import SMALL, Below, small_months
from alliance.joint.facts.projects import (
    KIND,
    Completion,
    JointFact,
    completion,
    completion_by,
    due_between,
    joint_facts,
    late,
    records,
)
from alliance.joint.facts.research import RESEARCH_KIND, ResearchFact, research_facts, running_between
from alliance.joint.facts.techniques import (
    CASE_KIND,
    SubsidyOwed,
    TechniqueFact,
    case_records,
    subsidies_owed,
    technique_facts,
)

__all__ = [
    "CASE_KIND",
    "CONFERENCE_KIND",
    "FIGURES",
    "KIND",
    "RESEARCH_KIND",
    "SMALL",
    "Below",
    "Completion",
    "ConferenceFact",
    "JointFact",
    "JointMonth",
    "ResearchFact",
    "SubsidyOwed",
    "TechniqueFact",
    "case_records",
    "completion",
    "completion_by",
    "conference_facts",
    "conference_records",
    "due_between",
    "enrolment_rows",
    "held_between",
    "joint_facts",
    "joint_months",
    "late",
    "persons_due",
    "project_rows",
    "records",
    "research_facts",
    "research_rows",
    "running_between",
    "small_months",
    "subsidies_owed",
    "technique_facts",
]
