"""`manage.py migrate`, quicker on an empty database: a new model is rendered alone.

Django renders again every model that a new one is related to, however far. Here that is all of them for each
table made, because every table points to its alliance. No earlier state of a new model exists, and what it
points to is only named by its keys: the catalog that results is the same, in a fifth of the time.
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db.migrations.state import ModelState, ProjectState


class Command(migrate.Command):
    """Django's own command."""

    def handle(self, *args: Any, **options: Any) -> None:
        """As Django does it, but for the rendering of new models."""
        theirs = ProjectState.add_model
        ProjectState.add_model = add_model
        try:
            super().handle(*args, **options)
        finally:
            ProjectState.add_model = theirs


def add_model(state: ProjectState, model: ModelState) -> None:
    """Add a model to the state of a migration and, where models are rendered already, render it."""
    state.models[model.app_label, model.name_lower] = model
    if state._relations is not None:  # as ProjectState.add_model
        state.resolve_model_relations((model.app_label, model.name_lower))
    if "apps" in state.__dict__:
        state.apps.render_multiple([model])
