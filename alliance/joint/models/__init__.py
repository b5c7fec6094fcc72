"""Rows of joint work."""

from alliance.joint.models.projects import Enrolment, Milestone, Project, Side, Step

__all__ = ["Enrolment", "Milestone", "Project", "Side", "Step"]
