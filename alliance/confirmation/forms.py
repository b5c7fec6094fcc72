"""Forms of mutual confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.confirmation import countables
from alliance.confirmation.models import Difference, Statement
from alliance.confirmation.services import Objection
from alliance.models import Institution
from alliance.web.form_fields import WholeField

MOST = 1_000_000


def text_field(label: Any, **more: Any) -> forms.CharField:
    """A few sentences."""
    return forms.CharField(label=label, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), **more)


class ObjectForm(forms.Form):
    """What a side counts itself; the records it means are ticked in the list beside."""

    own_count = WholeField(label=gettext_lazy("our count"), min_value=0, max_value=MOST)
    own_units = WholeField(min_value=0, max_value=MOST, required=False)
    reason = forms.ChoiceField(label=gettext_lazy("reason"))
    text = text_field(
        gettext_lazy("in words"),
        help_text=gettext_lazy("Numbers or days, so that the other side finds it."),
    )

    def __init__(self, data: Any = None, *, unit: str, records: Sequence[int] = (), **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.records = set(records)
        self.fields["reason"].choices = [("", "—"), *Statement.Reason.choices]  # type: ignore[attr-defined]
        if unit:
            self.fields["own_units"].label = unit
        else:
            del self.fields["own_units"]

    def ticked(self) -> tuple[int, ...]:
        """The records ticked in the list beside the form."""
        given = self.data.getlist("record") if hasattr(self.data, "getlist") else []
        return tuple(int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 19)

    def objection(self) -> Objection:
        """As the service takes it."""
        return Objection(
            own_count=self.cleaned_data["own_count"], reason=self.cleaned_data["reason"],
            text=self.cleaned_data["text"], own_units=self.cleaned_data.get("own_units"),
            record_ids=self.ticked(),
        )  # fmt: skip


class MissingForm(ObjectForm):
    """Records with a partner where the month has no line at all."""

    field_order = ["kind", "partner", "side", "own_count", "own_units", "reason", "text"]

    kind = forms.ChoiceField(label=gettext_lazy("what is counted"))
    partner = forms.ModelChoiceField(label=gettext_lazy("partner"), queryset=Institution.objects.none())
    side = forms.ChoiceField(label=gettext_lazy("we are"), widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, here: Institution, **kwargs: Any) -> None:
        super().__init__(data, unit="", **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (name, one.label) for name, one in countables.known().items()
        ]
        self.fields["side"].choices = [  # type: ignore[attr-defined]
            ("giver", gettext_lazy("the side that sends, lends or answers")),
            ("taker", gettext_lazy("the side that receives, uses or asks")),
        ]
        partners = Institution.objects.filter(is_active=True).exclude(pk=here.pk)
        self.fields["partner"].queryset = partners.exclude(kind="village").order_by("code")  # type: ignore[attr-defined]
        self.fields["reason"].initial = Statement.Reason.UNLOGGED


class AnswerForm(forms.Form):
    """The other side's answer."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("answer to the difference"),
        choices=Difference.Answer.choices,
        widget=forms.RadioSelect,
    )
    text = text_field(gettext_lazy("in words"))


class ReopenForm(forms.Form):
    """Why the office opens a closed line again."""

    why = text_field(gettext_lazy("why"), help_text=gettext_lazy("Both sides read it."))


class SettleForm(forms.Form):
    """The office's decision."""

    count = WholeField(label=gettext_lazy("count that holds"), min_value=0, max_value=MOST)
    units = WholeField(min_value=0, max_value=MOST, required=False)
    text = text_field(gettext_lazy("why"), help_text=gettext_lazy("Both sides read it."))

    def __init__(self, data: Any = None, *, unit: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if unit:
            self.fields["units"].label = unit
        else:
            del self.fields["units"]
