"""Forms of recognition: an order, its decision, a result, an item, a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alliance.models import Department
from alliance.web.form_fields import DayField, MomentField, WholeField
from alliance.web.person_fields import PersonFields
from alliance.web.refused import worded
from referrals.recognition import reasons, services
from referrals.recognition.models import Item, Modality, Order
from referrals.recognition.services.items import LONGEST_VALIDITY

WHEN = {"type": "datetime-local"}
NOT_SHOWN = gettext_lazy("Choose one of the items.")


def item_choices(items: Sequence[Item]) -> list[tuple[str, Any]]:
    """The items of the register by the way they are made."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for item in items:
        groups.setdefault(str(item.get_modality_display()), []).append(
            (item.code, f"{item.name} {item.code}")
        )
    return [("", "—"), *groups.items()]


class OrderForm(PersonFields):
    """Which examination for whom; departments and items come from the view."""

    item = forms.ChoiceField(label=gettext_lazy("examination ordered"))
    indication = forms.CharField(
        label=gettext_lazy("indication"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    department = forms.TypedChoiceField(
        label=gettext_lazy("ordering department"), coerce=int, required=False, empty_value=None
    )
    external_number = forms.CharField(
        label=gettext_lazy("number in the hospital's system"), max_length=40, required=False,
        help_text=gettext_lazy("The same number again shows the same order."),
    )  # fmt: skip
    emergency = forms.BooleanField(label=gettext_lazy("emergency order"), required=False)

    def __init__(self, *, items: Sequence[Item], departments: Mapping[int, Department], **more: Any) -> None:
        super().__init__(**more)
        self.departments = departments
        self.fields["item"].choices = item_choices(items)  # type: ignore[attr-defined]
        rooms = [(pk, room.name) for pk, room in departments.items()]
        self.fields["department"].choices = [("", "—"), *rooms]  # type: ignore[attr-defined]

    def wanted(self) -> services.Wanted:
        """The order of a valid form."""
        data = self.cleaned_data
        return services.Wanted(
            item=data["item"], indication=data["indication"], emergency=data["emergency"],
            external_number=data["external_number"], department=self.departments.get(data["department"]),
        )  # fmt: skip


class RepeatForm(forms.Form):
    """Why it is repeated."""

    reason = forms.ChoiceField(label=gettext_lazy("reason for repeating"), widget=forms.RadioSelect)
    reason_text = forms.CharField(label=gettext_lazy("in words"), max_length=300, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reason"].choices = reasons.choices()  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    """Why the order is not needed."""

    note = forms.CharField(
        label=gettext_lazy("why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The trace shows it."),
    )  # fmt: skip


class RecogniseForm(forms.Form):
    """Which of the results shown is taken; each stands with a button of its own."""

    result = forms.TypedChoiceField(
        label=gettext_lazy("result recognised"), coerce=int, error_messages={"invalid_choice": NOT_SHOWN}
    )

    def __init__(self, *args: Any, order: Order, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["result"].choices = [  # type: ignore[attr-defined]
            (offer.result_id, offer.result.number) for offer in order.offers.select_related("result")
        ]


class ResultForm(PersonFields):
    """One result of the own house."""

    item = forms.ChoiceField(label=gettext_lazy("recognisable item"))
    number = forms.CharField(label=gettext_lazy("report number"), max_length=40)
    taken_at = MomentField(
        label=gettext_lazy("examination made"),
        widget=forms.DateTimeInput(attrs=WHEN, format="%Y-%m-%dT%H:%M"),
    )
    reported_at = MomentField(
        label=gettext_lazy("report issued"), required=False,
        widget=forms.DateTimeInput(attrs=WHEN, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    conclusion = forms.CharField(label=gettext_lazy("conclusion"), widget=forms.Textarea(attrs={"rows": 3}))
    reference = forms.CharField(
        label=gettext_lazy("address of report and images"), max_length=300, required=False
    )

    def __init__(self, *, items: Sequence[Item], **more: Any) -> None:
        super().__init__(**more)
        self.fields["item"].choices = item_choices(items)  # type: ignore[attr-defined]

    def report(self) -> services.Report:
        """The report of a valid form."""
        names = ("item", "number", "taken_at", "conclusion", "reported_at", "reference")
        return services.Report(**{name: self.cleaned_data[name] for name in names})


class SheetForm(forms.Form):
    """A sheet of results."""

    sheet = forms.FileField(label=gettext_lazy("sheet"), help_text=gettext_lazy("csv or xlsx"))
    take_good = forms.BooleanField(
        label=gettext_lazy("store the good rows and leave out the bad ones"), required=False
    )


class ItemSheetForm(SheetForm):
    """A sheet of the register."""

    from_date = DayField(
        label=gettext_lazy("holds from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    source = forms.CharField(
        label=gettext_lazy("source of the register"), max_length=200,
        help_text=gettext_lazy("The document that decides it"),
    )  # fmt: skip


class ItemForm(forms.Form):
    """One item by hand; a change of one that holds is a new row with a later day."""

    code = forms.CharField(label=gettext_lazy("item code"), max_length=32)
    name = forms.CharField(label=gettext_lazy("name"), max_length=100)
    modality = forms.ChoiceField(label=gettext_lazy("made by"), choices=Modality.choices)
    family = forms.CharField(
        label=gettext_lazy("item family"), max_length=32, required=False,
        help_text=gettext_lazy("Items of one family answer the same question; empty: it stands alone."),
    )  # fmt: skip
    validity_days = WholeField(
        label=gettext_lazy("valid for (days)"), min_value=1, max_value=LONGEST_VALIDITY
    )
    mark = forms.CharField(label=gettext_lazy("recognition mark"), max_length=20, required=False)
    from_date = DayField(
        label=gettext_lazy("holds from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    source = forms.CharField(label=gettext_lazy("source of the register"), max_length=200)
    retired = forms.BooleanField(label=gettext_lazy("taken off the register"), required=False)

    def item(self) -> services.NewItem:
        """The item of a valid form."""
        names = ("code", "name", "modality", "validity_days", "family", "mark", "retired")
        return services.NewItem(**{name: self.cleaned_data[name] for name in names})


class WithdrawResultForm(forms.Form):
    """Why a result is wrong."""

    why = forms.CharField(
        label=gettext_lazy("why withdrawn"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Where it was shown it stays readable, marked as withdrawn."),
    )  # fmt: skip


def bad_rows(faults: Sequence[Any]) -> list[dict[str, str]]:
    """Faults as a page lists them: line, column, what to do."""
    return [{"line": str(one.line), "column": one.column, "why": worded(one.why)} for one in faults]
