"""Rows with a machine of states: which step a member may take, by side and right.

The states stand at each model, and the database repeats them (alliance.tenancy.states); what a step
carries beside them is made by `step`. Steps are taken by alliance.services.steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models

from alliance.models.people import Membership


def step(
    order: int, sides: str, permit: str, label: object, icon: str, stamps: str = ""
) -> dict[str, object]:
    """What a step carries: place of its button, the sides and the right it needs, words, icon.

    `stamps` names the column that keeps its time. A step without sides is nobody's button.
    """
    return {
        "order": order, "sides": frozenset(sides.split()), "permit": permit, "label": label, "icon": icon,
        "stamps": stamps,
    }  # fmt: skip


class Stepped(models.Model):
    """Mixed into a row with the fields `state` (of django_fsm) and `version`."""

    class Meta:
        abstract = True

    def sides_of(self, membership: Membership) -> frozenset[str]:
        """The sides of the row the member stands on; empty for a stranger."""
        raise NotImplementedError

    def admits(self, membership: Membership, custom: dict[str, Any]) -> bool:
        """Whether the member stands on a side of the step and has its right."""
        return bool(self.sides_of(membership) & custom["sides"]) and membership.can(custom["permit"])

    def steps_for(self, membership: Membership) -> Iterator[Any]:
        """The steps from the present state this member may take now, in the order of their buttons."""
        machine: Any = self
        steps = sorted(machine.get_available_state_transitions(), key=lambda step: int(step.custom["order"]))
        return (step for step in steps if self.admits(membership, step.custom))
