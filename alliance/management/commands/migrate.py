"""`manage.py migrate`, quicker: a model that a migration adds or changes is rendered alone.

Django renders again every model that one is related to, however far. Here that is all of them for each column
and each constraint, because every table points to its alliance. What a model points to is only named by its
keys, and no migration here moves data by related models: the catalog that results is the same
(`make faults` compares it), in a tenth of the time.
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db.migrations.state import ModelState, ProjectState


class Command(migrate.Command):
    """Django's own command."""

    def handle(self, *args: Any, **options: Any) -> None:
        """As Django does it, but for the rendering of models."""
        theirs = ProjectState.add_model, ProjectState.reload_model
        ProjectState.add_model, ProjectState.reload_model = add_model, reload_model
        try:
            super().handle(*args, **options)
        finally:
            ProjectState.add_model, ProjectState.reload_model = theirs


def add_model(state: ProjectState, model: ModelState) -> None:
    """Add a model to the state of a migration and, where models are rendered already, render it."""
    state.models[model.app_label, model.name_lower] = model
    if state._relations is not None:  # as ProjectState.add_model
        state.resolve_model_relations((model.app_label, model.name_lower))
    if "apps" in state.__dict__:
        state.apps.render_multiple([model])


def reload_model(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    """Render a changed model again where models are rendered already."""
    if "apps" in state.__dict__:
        with state.apps.bulk_update():
            state.apps.unregister_model(app_label, model_name)
        state.apps.render_multiple([state.models[app_label, model_name]])
