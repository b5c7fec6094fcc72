"""What joint work tells the floors above: S2-10, S2-28, S3-08, S3-18, S3-45."""

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

__all__ = [
    "KIND",
    "Completion",
    "JointFact",
    "completion",
    "completion_by",
    "due_between",
    "joint_facts",
    "late",
    "records",
]
