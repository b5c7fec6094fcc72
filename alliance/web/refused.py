"""A refusal of a service on a form: beside the field it belongs to, in the language of the page."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _

from alliance.lib.refusal import Refused


def add_refusal(form: forms.Form, error: Refused, field: str | None = None) -> None:
    """Say the refusal beside `field`, by default the one the refusal names itself; above the form where the
    form has no such field. A form that calls a field otherwise says so in `other_names`.
    """
    named = error.field if field is None else field
    if named not in form.fields:
        named = getattr(form, "other_names", {}).get(named)
    form.add_error(named if named in form.fields else None, _(error.template) % error.params)
