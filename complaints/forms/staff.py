"""The forms of the house: triage, departments, answers, the person's word by telephone, merging."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.models import Department
from alliance.web.form_fields import LocalTime
from complaints.categories import choices
from complaints.categories import words as kind_words
from complaints.models import ORDERS, Complaint, Reached, Severity, Verdict, Way
from complaints.services import person


class StepForm(forms.Form):
    """Base: what may be chosen depends on the complaint."""

    def __init__(self, *args: Any, complaint: Complaint, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.complaint, self.today = complaint, today

    def arguments(self) -> dict[str, Any]:
        """As the service takes it."""
        return dict(self.cleaned_data)


class TriageForm(StepForm):
    """What it is about, how grave, in short."""

    category = forms.ChoiceField(label=gettext_lazy("kind of complaint"))
    severity = forms.ChoiceField(
        label=gettext_lazy("gravity"), choices=Severity.choices, widget=forms.RadioSelect
    )
    subject = forms.CharField(label=gettext_lazy("in short"), max_length=60, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        row, offered = self.complaint, choices(self.today)
        if row.category not in dict(offered):
            offered = [(row.category, kind_words(row.category)), *offered]
        self.fields["category"].choices = offered  # type: ignore[attr-defined]
        self.initial |= {"category": row.category, "severity": row.severity, "subject": row.subject}


class AssignForm(StepForm):
    """Who answers, and who else is concerned."""

    department = forms.ChoiceField(label=gettext_lazy("department in charge"))
    others = forms.MultipleChoiceField(
        label=gettext_lazy("also concerned"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("With several departments the result has the longer limit."),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("note for the department"), max_length=300, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        rows = Department.objects.filter(institution=self.complaint.institution_id, is_active=True)
        self.known = {str(row.pk): row for row in rows}
        offered = [(key, row.name) for key, row in self.known.items()]
        self.fields["department"].choices = [("", "—"), *offered]  # type: ignore[attr-defined]
        self.fields["others"].choices = offered  # type: ignore[attr-defined]
        self.initial |= {"department": self.complaint.department_id}

    def arguments(self) -> dict[str, Any]:
        """The first department answers."""
        data = self.cleaned_data
        keys = dict.fromkeys([data["department"], *data["others"]])
        return {"departments": [self.known[key] for key in keys], "note": data["note"]}


def _long(label: Any, help_text: Any = "", rows: int = 5) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=4_000, widget=widget, help_text=help_text)


class AnswerForm(StepForm):
    """The first answer."""

    text = _long(
        pgettext_lazy("complaint", "answer"),
        gettext_lazy("The person reads all of it. Say what was found, what is done, until when."),
    )
    verdict = forms.ChoiceField(
        label=gettext_lazy("finding so far"),
        required=False,
        choices=Verdict.choices,
        widget=forms.RadioSelect,
    )


class ResolveForm(StepForm):
    """The result."""

    text = _long(
        pgettext_lazy("complaint", "answer"),
        gettext_lazy("The person reads all of it, and is asked whether it is really solved."),
    )
    verdict = forms.ChoiceField(
        label=gettext_lazy("finding"), choices=Verdict.choices, widget=forms.RadioSelect
    )


class ReasonForm(StepForm):
    """A few words why."""

    reason = forms.CharField(
        label=gettext_lazy("why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class MergeForm(ReasonForm):
    """The earlier complaint about the same matter."""

    number = forms.CharField(
        label=gettext_lazy("number of the earlier complaint"), max_length=24,
        help_text=gettext_lazy("The person of this one will read the answers of that one."),
    )  # fmt: skip
    field_order = ("number", "reason")


class AddForm(StepForm):
    """What the person said later, taken down."""

    text = _long(gettext_lazy("what was added"), rows=3)


class WordForm(StepForm):
    """The person's word as a member of staff noted it; a hotline takes its order back by a document."""

    who = forms.ChoiceField(
        label=gettext_lazy("who told it"), choices=Reached.choices[:2], widget=forms.RadioSelect,
        help_text=gettext_lazy("The person reads this note on the private page."),
    )  # fmt: skip
    how = forms.ChoiceField(
        label=gettext_lazy("how it was told"), choices=Way.choices, widget=forms.RadioSelect
    )
    at = LocalTime(label=gettext_lazy("when it was told"))
    note = forms.CharField(
        label=gettext_lazy("in what words"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Name nobody."),
    )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        """The word as the service takes it."""
        return {"word": person.Word(**self.cleaned_data)}


class WithdrawForm(WordForm):
    """Who withdraws."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.complaint.channel in ORDERS:
            del self.fields["who"], self.fields["how"]
            self.fields["note"].label = gettext_lazy("document by which the hotline took it back")

    def arguments(self) -> dict[str, Any]:
        """Of an order the hotline says it, in writing."""
        said = {"who": Reached.HOTLINE, "how": Way.LETTER, **self.cleaned_data}
        return {"word": person.Word(**said)}


STEP_FORMS: Mapping[str, type[StepForm]] = {
    "assign": AssignForm, "answer": AnswerForm, "resolve": ResolveForm, "close": WordForm,
    "reopen": ReasonForm, "restore": ReasonForm, "merge": MergeForm, "part": ReasonForm,
    "separate": ReasonForm, "withdraw": WithdrawForm,
    "triage": TriageForm, "escalate": ReasonForm, "reveal": ReasonForm, "add": AddForm,
}  # fmt: skip
