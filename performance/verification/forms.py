"""Forms of verification opinions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib.period import Month
from alliance.models import Institution
from alliance.web import words
from alliance.web.form_fields import WholeField
from performance.declared.uploads import EvidenceField
from performance.verification.models import Opinion, VerifiedItem

LONG = forms.Textarea(attrs={"rows": 2})


class DrawForm(forms.Form):
    """Of which month and institution how many records."""

    month = forms.ChoiceField(label=gettext_lazy("month"))
    institution = forms.ModelChoiceField(label=gettext_lazy("institution"), queryset=None)
    size = WholeField(label=pgettext_lazy("verification", "records drawn"), min_value=1)

    def __init__(self, *args: Any, months: Iterable[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["month"].choices = [(str(one), words.month(one)) for one in months]
        fields["institution"].queryset = Institution.objects.filter(is_active=True).order_by("code")

    def clean_month(self) -> Month:
        """As a value."""
        return Month.parse(self.cleaned_data["month"])


class LookForm(forms.Form):
    """What a record was found to be."""

    found = forms.ChoiceField(
        label=pgettext_lazy("verification", "found"), choices=VerifiedItem.Found.choices
    )
    note = forms.CharField(
        label=pgettext_lazy("verification", "what was seen"), max_length=500, required=False, widget=LONG
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = EvidenceField()


class SignForm(forms.Form):
    """The opinion."""

    verdict = forms.ChoiceField(
        label=pgettext_lazy("verification", "opinion"), choices=Opinion.Verdict.choices
    )
    text = forms.CharField(
        label=pgettext_lazy("verification", "reasons"), max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = EvidenceField()
