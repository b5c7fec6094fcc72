"""Forms of this room: pool, base, exception. Choices come from the view."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from alliance.models import Institution
from alliance.web.form_fields import YuanField
from performance.models import PoolDecision


class PoolForm(forms.Form):
    """The money of a month."""

    fen = YuanField(label=gettext_lazy("amount (yuan)"))
    source_kind = forms.ChoiceField(label=gettext_lazy("kind of source"), choices=PoolDecision.Source.choices)
    source = forms.CharField(label=gettext_lazy("source"), max_length=200)
    document = forms.CharField(label=gettext_lazy("decision number"), max_length=80, required=False)


class BasisForm(forms.Form):
    """A performance-pay base from this month on."""

    institution = forms.ModelChoiceField(label=gettext_lazy("institution"), queryset=None)
    fen = YuanField(label=gettext_lazy("performance-pay base (yuan)"))
    source = forms.CharField(label=gettext_lazy("source"), max_length=200)

    def __init__(self, *args: Any, institutions: QuerySet[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].queryset = institutions  # type: ignore[attr-defined]


class ExceptionForm(forms.Form):
    """Why a month is computed although an institution's cases are not complete."""

    institution = forms.ModelChoiceField(label=gettext_lazy("institution"), queryset=None)
    reason = forms.CharField(
        label=gettext_lazy("reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, institutions: QuerySet[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].queryset = institutions  # type: ignore[attr-defined]
