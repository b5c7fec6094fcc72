"""The column that holds the state of a machine."""

from __future__ import annotations

from typing import Any

from django_fsm import FSMField


class StateField(FSMField):
    """A state moved only by declared transitions, which the database repeats (alliance.tenancy.states).

    The history of the schema knows it as plain text. A model out of a migration takes no step; with a machine
    in it, it would listen to the making of every later model, and the time of migrations grow by the square.
    """

    def deconstruct(self) -> Any:
        """As a column of text."""
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("protected", None)
        return name, "django.db.models.CharField", args, kwargs
