"""The forms anybody fills in without signing in: large type, few fields, nothing typed is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.web.photos import FilesField, has_pdf, no_pdf
from alliance.web.public_forms import PublicForm, text_field
from complaints.categories import choices
from complaints.models import Filer

ANONYMOUS, NAMED = "anonymous", "named"


class Naming(PublicForm):
    """Whether the person gives a name. Nobody has to."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        told = _("If you stay anonymous: photos or screenshots only, no PDF.")
        self.fields["files"].help_text = f"{self.fields['files'].help_text} {told}"

    def naming(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        return {
            "anonymous": data["identity"] == ANONYMOUS, "name": data["name"], "phone": data["phone"],
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Who wants to be anonymous has typed no name, and sends no file that keeps one."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("identity") == ANONYMOUS and (data.get("name") or data.get("phone")):
            said = _("You chose to stay anonymous. Clear name and telephone, or choose to give your name.")
            self.add_error("name", said)
        if data.get("identity") == ANONYMOUS and has_pdf(data.get("files") or ()):
            self.add_error("files", no_pdf())
        return data


def _identity() -> forms.ChoiceField:
    labels = (
        (ANONYMOUS, gettext_lazy("I stay anonymous")),
        (NAMED, gettext_lazy("I give my name, so that you can call me")),
    )
    return forms.ChoiceField(
        label=gettext_lazy("Your name"), choices=labels, widget=forms.RadioSelect, initial=ANONYMOUS
    )


def _name() -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "name"})
    return forms.CharField(
        label=gettext_lazy("name (may stay empty)"), max_length=40, required=False, widget=widget
    )


def _phone() -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
    return forms.CharField(
        label=gettext_lazy("telephone (may stay empty)"), max_length=30, required=False, widget=widget
    )


class ComplaintForm(Naming):
    """What happened, what it is about, who speaks."""

    text = text_field(gettext_lazy("What happened?"))
    category = forms.ChoiceField(label=gettext_lazy("What is it about?"), widget=forms.RadioSelect)
    filer = forms.ChoiceField(
        label=gettext_lazy("Who speaks?"), choices=Filer.choices, widget=forms.RadioSelect, initial=Filer.SELF
    )
    files = FilesField()
    identity = _identity()
    name = _name()
    phone = _phone()

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["category"].choices = choices(today)  # type: ignore[attr-defined]
        self.fields["text"].help_text = _("When, where, what. Names of others are not needed.")


class ReportForm(Naming):
    """A report of fraud for the sealed box."""

    place = forms.ChoiceField(label=gettext_lazy("About which institution?"))
    text = text_field(gettext_lazy("What do you know?"))
    files = FilesField()
    identity = _identity()
    name = _name()
    phone = _phone()

    def __init__(self, *args: Any, places: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["place"].choices = [("", "—"), *places]  # type: ignore[attr-defined]


class AddForm(PublicForm):
    """Something to add."""

    text = text_field(gettext_lazy("Anything else?"), rows=4)
    files = FilesField()


class ReopenForm(PublicForm):
    """Why it is not solved."""

    text = text_field(gettext_lazy("What is still not solved?"), rows=3)


class ApartForm(PublicForm):
    """Why it is another matter."""

    text = text_field(gettext_lazy("What is different about it?"), rows=3)


class PlainForm(PublicForm):
    """A step that needs no words."""
