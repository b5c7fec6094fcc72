"""What every form without a sign-in stands on: its sheet, and a field that only robots fill in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.web.photos import FilesField
from alliance.web.plainly import SaidPlainly

NAMED = gettext_lazy("A PDF keeps what was written into it, such as the name of who wrote it.")
NAMELESS = gettext_lazy("Photos or screenshots only: a PDF keeps the name of who wrote it.")
TEXT_MOST = 2_000  # characters of a text box on a phone


class PublicForm(SaidPlainly):
    """Base of the public forms: the sheet it was handed out on, and a field that only robots fill in."""

    website = forms.CharField(required=False, label=gettext_lazy("leave this empty"))
    sheet = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, sheet: str = "", files_most: int = 0, nameless: bool = False, **more: Any
    ) -> None:
        super().__init__(*args, **{"auto_id": "say-%s", "label_suffix": "", **more})
        self.fields["sheet"].initial = sheet
        self.fields["website"].widget.attrs |= {"tabindex": "-1", "autocomplete": "off"}
        if isinstance(field := self.fields.get("files"), FilesField):
            field.most, field.nameless = files_most, nameless
            told = [_("At most %(most)s, for example the receipt.") % {"most": files_most}]
            told.append(NAMELESS if nameless else NAMED)
            field.help_text = " ".join(map(str, told))

    def clean_website(self) -> str:
        """A person does not see this field; a program that fills in everything does."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave this field empty, then send again."))
        return ""

    def renewed(self, sheet: str) -> None:
        """The same form with another sheet: the one it came with is too old."""
        self.data = self.data.copy()
        self.data["sheet"] = sheet

    @property
    def shown(self) -> list[Any]:
        """The fields a person sees, as the page draws them."""
        return [self[name] for name in self.fields if name not in ("website", "sheet")]


def text_field(label: Any, **more: Any) -> forms.CharField:
    """A box for what happened."""
    widget = forms.Textarea(attrs={"rows": more.pop("rows", 6), "maxlength": TEXT_MOST})
    return forms.CharField(label=label, max_length=TEXT_MOST, widget=widget, **more)
