"""Forms of paying out: an account, a legal entity, a template, the account map, an answer, a difference."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.lib.period import Month
from alliance.models import Institution
from alliance.web.form_fields import YuanField
from alliance.web.refused import worded
from performance.declared.uploads import EvidenceField, SheetField
from performance.engine.payout.layouts import FIELDS, FILES, Layout, LayoutRefused, columns_of, words_of
from performance.models import PayoutRow, PayoutTemplate, PayoutVoucher
from performance.pay.fields import LONG, day_field, month_choices, paid_places
from performance.payout import words
from performance.payout.services import accounts, ground
from performance.payout.services.accounts import Given

DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


class GivenForm(forms.Form):
    """What every account has."""

    bank = forms.ChoiceField(label=gettext_lazy("bank"))
    branch = forms.CharField(label=gettext_lazy("branch"), max_length=80, required=False)
    holder = forms.CharField(label=gettext_lazy("account holder"), max_length=60)
    number = forms.CharField(
        label=gettext_lazy("account number"), max_length=40, widget=forms.TextInput(attrs=DIGITS),
        help_text=gettext_lazy("Stored sealed; pages show its last four digits only."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["bank"].choices = [(one.bank, one.name) for one in accounts.banks().values()]

    def given(self) -> Given:
        """As the services take it."""
        data = self.cleaned_data
        return Given(data["bank"], data["branch"], data["holder"], data["number"])


class AccountForm(GivenForm):
    """A person's account or its change."""

    why = forms.CharField(label=gettext_lazy("why it is changed"), max_length=200, required=False)

    def __init__(self, *args: Any, known: bool, **kwargs: Any) -> None:
        """`known`: an account counts, so this one changes it and says why."""
        super().__init__(*args, **kwargs)
        self.fields["why"].required = known


class AccountSheetForm(forms.Form):
    """Accounts of many persons by one sheet."""

    is_multipart_form = True
    file = SheetField(
        label=gettext_lazy("sheet of accounts"),
        help_text=gettext_lazy("xlsx or csv; it is read and not kept, its numbers are stored sealed."),
    )


class EntityForm(GivenForm):
    """The legal entity that pays for an institution."""

    institution = forms.ModelChoiceField(
        label=gettext_lazy("institution"), queryset=Institution.objects.none()
    )
    credit_code = forms.CharField(label=gettext_lazy("unified social credit code"), max_length=18)
    from_month = forms.ChoiceField(label=gettext_lazy("from month"))
    field_order = ("institution", "credit_code", "holder", "bank", "branch", "number", "from_month")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["institution"].queryset = paid_places()
        fields["from_month"].choices = month_choices(today)

    def entry(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        return {
            "institution": data["institution"], "credit_code": data["credit_code"],
            "from_month": Month.parse(data["from_month"]), "given": self.given(),
        }  # fmt: skip


class TemplateForm(forms.Form):
    """A template: columns of the file, headings and words of the bank's answer."""

    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=PayoutTemplate.Kind.choices)
    bank = forms.SlugField(label=gettext_lazy("code of the bank"), max_length=20)
    name = forms.CharField(label=gettext_lazy("name"), max_length=60)
    file = forms.ChoiceField(label=gettext_lazy("file type"), choices=[(one, one) for one in FILES])
    encoding = forms.ChoiceField(
        label=gettext_lazy("encoding of csv"), choices=[("utf-8", "UTF-8"), ("gb18030", "GB18030")]
    )
    columns = forms.CharField(
        label=gettext_lazy("columns"), widget=forms.Textarea(attrs={"rows": 10}), max_length=2000
    )
    answer_reference = forms.CharField(label=gettext_lazy("heading of the reference"), required=False)
    answer_account = forms.CharField(label=gettext_lazy("heading of the account"), required=False)
    answer_amount = forms.CharField(label=gettext_lazy("heading of the amount"), required=False)
    answer_state = forms.CharField(label=gettext_lazy("heading of the state"), required=False)
    answer_reason = forms.CharField(label=gettext_lazy("heading of the reason"), required=False)
    paid = forms.CharField(label=gettext_lazy("words for paid"), required=False, max_length=200)
    returned = forms.CharField(label=gettext_lazy("words for returned"), required=False, max_length=200)
    ANSWER = ("reference", "account", "amount", "state", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["columns"].help_text = _("One column a line: heading = field. Fields: %(fields)s") % {
            "fields": ", ".join(FIELDS)
        }

    def groups(self) -> list[tuple[str, list[str]]]:
        """The fields as the page lays them out."""
        answer = [f"answer_{one}" for one in self.ANSWER]
        return [
            (_("file for the bank"), ["kind", "bank", "name", "file", "encoding", "columns"]),
            (_("answer of the bank"), [*answer, "paid", "returned"]),
        ]

    def clean(self) -> dict[str, Any]:
        """The layout as the engine takes it."""
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        try:
            columns = columns_of(data["columns"])
        except LayoutRefused as refused:
            self.add_error("columns", worded(refused))
            return data
        bank = data["kind"] == PayoutTemplate.Kind.BANK
        told = [(one, data[f"answer_{one}"].strip()) for one in self.ANSWER] if bank else []
        data["layout"] = Layout(
            data["file"], columns, data["encoding"], tuple(one for one in told if one[1]),
            words_of(data["paid"]), words_of(data["returned"]),
        )  # fmt: skip
        return data

    def entry(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        return {name: data[name] for name in ("kind", "bank", "name", "layout")}


class MapForm(forms.Form):
    """The account map: debit and credit of every flow."""

    from_month = forms.ChoiceField(label=gettext_lazy("from month"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["from_month"].choices = month_choices(today)
        newest = ground.map_in_force(today)
        known = newest.body if newest else ground.shipped_map()
        for flow in ground.FLOWS:
            for side in ground.SIDES:
                code, name = known[flow][side]
                sides = {"flow": words.FLOWS[flow], "side": words.SIDES[side]}
                fields[f"{flow}_{side}_code"] = forms.CharField(
                    label=_("%(flow)s, %(side)s: code") % sides, max_length=20, initial=code
                )
                fields[f"{flow}_{side}_name"] = forms.CharField(
                    label=_("%(flow)s, %(side)s: name") % sides, max_length=40, initial=name
                )

    def groups(self) -> list[tuple[str, list[str]]]:
        """One block a flow."""
        parts = [(side, part) for side in ground.SIDES for part in ("code", "name")]
        blocks = [
            (str(words.FLOWS[flow]), [f"{flow}_{side}_{part}" for side, part in parts])
            for flow in ground.FLOWS
        ]
        return [(_("account map"), ["from_month"]), *blocks]

    def entry(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        body = {
            flow: {side: [data[f"{flow}_{side}_code"], data[f"{flow}_{side}_name"]] for side in ground.SIDES}
            for flow in ground.FLOWS
        }
        return {"from_month": Month.parse(data["from_month"]), "body": body}


class AnswerForm(forms.Form):
    """The bank's file."""

    file = SheetField(label=gettext_lazy("file of the bank (xlsx or csv)"))


class DecideForm(forms.Form):
    """What was found out about a row: of `possible`, what may still follow."""

    action = forms.ChoiceField(
        label=pgettext_lazy("bank row", "what follows"), choices=PayoutRow.Action.choices
    )
    note = forms.CharField(label=gettext_lazy("what the bank says"), max_length=300, widget=LONG)

    def __init__(self, *args: Any, possible: Iterable[PayoutRow.Action], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Drawn are these alone; what was chosen on an older page is refused by the service, with the reason.
        fields: dict[str, Any] = self.fields
        fields["action"].widget.choices = [(one.value, one.label) for one in possible]


class PaperForm(forms.Form):
    """Papers of a lot."""

    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=PayoutVoucher.Kind.choices)
    number = forms.CharField(label=gettext_lazy("number of the voucher"), max_length=60, required=False)
    files = EvidenceField(must=True)
    other_names = {"file": "files"}


class HoldForm(forms.Form):
    """Why money of a line waits."""

    why = forms.CharField(label=pgettext_lazy("hold", "why it waits"), max_length=200)


class TakeBackForm(forms.Form):
    """Why an answer of a bank is withdrawn."""

    why = forms.CharField(label=gettext_lazy("why it is withdrawn"), max_length=200)


class SettledForm(forms.Form):
    """What one institution has paid another."""

    fen = YuanField(label=gettext_lazy("amount (yuan)"))
    day = day_field(gettext_lazy("day of payment"))
    document = forms.CharField(label=gettext_lazy("number of the voucher"), max_length=80)
