"""Taking a complaint down: at the counter, by telephone, by letter."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.models import Institution
from alliance.web.form_fields import RowField, Rows
from alliance.web.photos import FilesField
from complaints.categories import choices
from complaints.models import TAKEN_DOWN, Channel, Filer
from complaints.services.filing import Said


class EnterForm(Rows):
    """What the person said, in the person's words."""

    sheet = forms.CharField(widget=forms.HiddenInput)
    institution = RowField(label=gettext_lazy("institution complained of"))
    channel = forms.ChoiceField(label=gettext_lazy("how it came"), widget=forms.RadioSelect)
    category = forms.ChoiceField(label=gettext_lazy("kind of complaint"))
    subject = forms.CharField(label=gettext_lazy("in short"), max_length=60, required=False)
    text = forms.CharField(
        label=gettext_lazy("what happened"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    filer = forms.ChoiceField(
        label=gettext_lazy("who speaks"), choices=Filer.choices, widget=forms.RadioSelect, initial=Filer.SELF
    )
    name = forms.CharField(
        label=gettext_lazy("name (may stay empty)"), max_length=40, required=False,
        help_text=gettext_lazy("Sealed. Without name and telephone the complaint is anonymous."),
    )  # fmt: skip
    phone = forms.CharField(label=gettext_lazy("telephone (may stay empty)"), max_length=30, required=False)
    files = FilesField()

    def __init__(
        self, *args: Any, places: list[Institution], today: date, files_most: int, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.row("institution").offer(places, lambda place: place.name)
        offered = [(one.value, one.label) for one in TAKEN_DOWN]
        self.fields["channel"].choices = offered  # type: ignore[attr-defined]
        self.fields["channel"].initial = Channel.PHONE
        self.fields["category"].choices = [("", "—"), *choices(today)]  # type: ignore[attr-defined]
        self.fields["files"].most = files_most  # type: ignore[attr-defined]

    def said(self) -> Said:
        """As the service takes it."""
        data = self.cleaned_data
        return Said(
            data["institution"], data["category"], data["text"], channel=data["channel"], filer=data["filer"],
            anonymous=not (data["name"].strip() or data["phone"].strip()), name=data["name"],
            phone=data["phone"], subject=data["subject"],
        )  # fmt: skip


class OrdersForm(forms.Form):
    """A sheet of hotline orders."""

    channel = forms.ChoiceField(
        label=gettext_lazy("hotline"), widget=forms.RadioSelect,
        choices=[(one.value, one.label) for one in (Channel.HOTLINE_12345, Channel.HOTLINE_12393)],
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("sheet of orders"), help_text=gettext_lazy("csv or xlsx, at most 5,000 lines")
    )


class DecideForm(forms.Form):
    """A step of the sealed box."""

    to = forms.ChoiceField(label=pgettext_lazy("sealed box", "decision"), widget=forms.RadioSelect)
    said = forms.CharField(
        label=gettext_lazy("what the person is told"), required=False, max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("note for the box"), required=False, max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, steps: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["to"].choices = steps  # type: ignore[attr-defined]
