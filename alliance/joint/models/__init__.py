"""Rows of joint work."""

from alliance.joint.models.conferences import Conference, ConferencePaper, Discussed, Participant, takes_part
from alliance.joint.models.projects import Enrolment, Milestone, Project, Side, Step
from alliance.joint.models.research import Research, ResearchPartner
from alliance.joint.models.techniques import Licence, Source, Subsidy, Technique, TechniqueCase

__all__ = [
    "Conference",
    "ConferencePaper",
    "Discussed",
    "Enrolment",
    "Licence",
    "Milestone",
    "Participant",
    "Project",
    "Research",
    "ResearchPartner",
    "Side",
    "Source",
    "Step",
    "Subsidy",
    "Technique",
    "TechniqueCase",
    "takes_part",
]
