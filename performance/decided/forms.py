"""Forms of decided sheets: the decision they rest on, why one is left."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from performance.declared.uploads import EvidenceField


class DecisionForm(forms.Form):
    """Number, body and scan of the decision; a kind of sheet adds its own fields."""

    document = forms.CharField(label=gettext_lazy("decision number"), max_length=80)
    body = forms.CharField(label=gettext_lazy("decided by"), max_length=80)
    files = EvidenceField(must=True)
    other_names = {"scan": "files"}


class AsideForm(forms.Form):
    """Why a sheet is left."""

    why = forms.CharField(label=gettext_lazy("reason"), max_length=200)
