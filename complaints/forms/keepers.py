"""Proposing who opens the sealed box."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.models import Membership
from alliance.web.form_fields import DayField
from complaints.services import keepers


class KeeperForm(forms.Form):
    """Who, until when, why."""

    member = forms.TypedChoiceField(label=_("member"), coerce=int)
    until = DayField(
        label=_("until"), required=False, help_text=_("Empty: until it is ended."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    reason = forms.CharField(label=_("reason"), max_length=200)

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Membership.objects.living().filter(institution=None).select_related("user").order_by("pk")
        self.members = {row.pk: row for row in rows if keepers.may_keep(row) and row.user_id != by.user_id}
        self.fields["member"].choices = [
            ("", "—"),
            *((pk, str(row.user)) for pk, row in self.members.items()),
        ]  # type: ignore[attr-defined]

    def clean_member(self) -> Membership:
        """The membership chosen."""
        return self.members[self.cleaned_data["member"]]


class ObjectForm(forms.Form):
    """Why this person should not open the box."""

    reason = forms.CharField(label=_("reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
