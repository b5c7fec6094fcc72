"""Forms of abnormal cases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.models import Membership
from grouping.abnormal import services
from grouping.abnormal.models import AbnormalReport, Kind
from grouping.models import Dispute

MOST = 100  # disputes offered


class ReportForm(forms.Form):
    """What is unusual, and what was seen."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("abnormal", "what is unusual"), choices=Kind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=pgettext_lazy("abnormal", "what was seen"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Name no patient; the case is linked."),
    )  # fmt: skip


class ReplyForm(forms.Form):
    """What the office found."""

    finding = forms.ChoiceField(
        label=pgettext_lazy("abnormal", "finding"), choices=AbnormalReport.Finding.choices,
        widget=forms.RadioSelect,
    )  # fmt: skip
    answer = forms.CharField(
        label=pgettext_lazy("abnormal", "answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class LinkForm(forms.Form):
    """What followed from it."""

    followed = forms.ChoiceField(label=pgettext_lazy("abnormal", "what followed"))

    def __init__(self, *args: Any, by: Membership, **more: Any) -> None:
        super().__init__(*args, **more)
        disputes = Dispute.objects.visible_to(by).order_by("-pk")[:MOST]
        word = pgettext_lazy("abnormal", "dispute")
        self.disputes = {f"dispute:{one.pk}": one for one in disputes}
        choices = [(key, f"{word} · {one.code} · {one.text[:40]}") for key, one in self.disputes.items()]
        for kind, (name, offers, _page) in services.followed_kinds().items():
            choices += [(f"{kind}:{pk}", f"{name} · {words}") for pk, words in offers(by)]
        fields: dict[str, Any] = self.fields
        fields["followed"].choices = choices

    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        chosen = self.cleaned_data["followed"]
        if chosen in self.disputes:
            return {"dispute": self.disputes[chosen]}
        kind, _colon, pk = chosen.rpartition(":")
        return {"kind": kind, "pk": int(pk)}
