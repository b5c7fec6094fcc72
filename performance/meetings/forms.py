"""Forms of bodies, meetings and tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.approvals.models import Decision
from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership
from alliance.web import words
from alliance.web.form_fields import DayField, LocalTime, WholeField
from alliance.web.place_fields import DepartmentField, MemberField, beyond_villages
from performance.declared.uploads import EvidenceField
from performance.meetings.models import AgendaItem, Attendance, Body, CaseOpinion, Meeting, Seat, Unified

DAY = {"widget": forms.DateInput(attrs={"type": "date"})}


def _text(label: Any, length: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea(attrs={"rows": 3}), **more)


class VoteForm(forms.Form):
    """One's own vote; no and recusal need a reason."""

    verdict = forms.ChoiceField(
        label=pgettext_lazy("meeting", "vote"), choices=Decision.Verdict.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(label=gettext_lazy("note"), max_length=500, required=False)


class FoundForm(forms.Form):
    """A new body."""

    code = forms.SlugField(label=gettext_lazy("code"), max_length=24)
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=Body.Kind.choices)
    name = forms.CharField(
        label=gettext_lazy("name"), max_length=60, required=False,
        help_text=gettext_lazy("Empty: it is called by its kind."),
    )  # fmt: skip
    rhythm = forms.ChoiceField(label=pgettext_lazy("body", "meets"), choices=Body.Rhythm.choices)
    due_day = WholeField(
        label=pgettext_lazy("body", "day it is due"), required=False, min_value=1, max_value=28,
        help_text=gettext_lazy("Of the month after it; a day off moves to the next working day."),
    )  # fmt: skip
    document = forms.CharField(label=pgettext_lazy("body", "founded by"), max_length=120)


class SeatForm(forms.Form):
    """A term of a member, or of somebody from outside."""

    membership = MemberField(
        label=gettext_lazy("member"), queryset=None, required=False,
        empty_label=pgettext_lazy("seat", "somebody from outside"),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("name"), max_length=60, required=False,
        help_text=gettext_lazy("Only of somebody from outside, who has no vote in the system."),
    )  # fmt: skip
    organisation = forms.CharField(label=pgettext_lazy("seat", "organisation"), max_length=80, required=False)
    function = forms.ChoiceField(label=pgettext_lazy("seat", "function"), choices=Seat.Function.choices)
    post = forms.ChoiceField(label=pgettext_lazy("seat", "chosen as"), choices=Seat.Post.choices)
    from_date = DayField(label=pgettext_lazy("seat", "from"), **DAY)
    until = DayField(label=pgettext_lazy("seat", "last day"), required=False, **DAY)
    document = forms.CharField(label=pgettext_lazy("seat", "appointed by"), max_length=120)

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["membership"].offer(members)
        fields["function"].initial = Seat.Function.MEMBER


class EndForm(forms.Form):
    """The last day of a term and why."""

    ended_on = DayField(label=pgettext_lazy("seat", "last day"), **DAY)
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=200)


class PlanForm(forms.Form):
    """A meeting to come."""

    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=Meeting.Kind.choices)
    month = forms.ChoiceField(label=gettext_lazy("month"))
    title = forms.CharField(label=pgettext_lazy("meeting", "title"), max_length=120)
    begins_at = LocalTime(label=pgettext_lazy("meeting", "begins"))
    place = forms.CharField(label=pgettext_lazy("meeting", "place"), max_length=80)

    def __init__(self, *args: Any, months: Iterable[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["month"].choices = [(str(one), words.month(one.first_day)) for one in months]

    def clean_month(self) -> Month:
        """As a value."""
        return Month.parse(self.cleaned_data["month"])


class ReasonForm(forms.Form):
    """A reason."""

    reason = _text(gettext_lazy("reason"), 500)


class PointForm(forms.Form):
    """A point of the agenda."""

    title = forms.CharField(label=pgettext_lazy("agenda", "point"), max_length=160)
    text = _text(pgettext_lazy("agenda", "what is known"), 2000, required=False)


class SaidForm(forms.Form):
    """What was said about a point."""

    said = _text(pgettext_lazy("agenda", "what was said"), 2000, required=False)


class PresenceForm(forms.Form):
    """Who came: one choice a member."""

    def __init__(self, *args: Any, attendance: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [one for one in Attendance.Presence.choices if one[0] != Attendance.Presence.ASKED]
        for row in attendance:
            self.fields[f"presence_{row.pk}"] = forms.ChoiceField(
                label=f"{row.seat.name} ({row.seat.get_function_display()})", choices=choices
            )

    def presence(self) -> Mapping[int, str]:
        """As the service takes it."""
        return {int(key[9:]): value for key, value in self.cleaned_data.items()}


class OwnerFields(forms.Form):
    """Who does something until when."""

    owner = MemberField(label=pgettext_lazy("task", "done by"), queryset=None, required=False)
    institution = forms.ModelChoiceField(label=gettext_lazy("institution"), queryset=None, required=False)
    department = DepartmentField(label=gettext_lazy("department"), queryset=None, required=False)
    due_on = DayField(
        label=pgettext_lazy("task", "due on"), required=False,
        help_text=gettext_lazy("A day off moves to the next working day."), **DAY,
    )  # fmt: skip

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        here = {} if by.institution_id is None else {"institution": by.institution_id}
        members = beyond_villages(Membership.objects.living(), by.institution_id)
        fields["owner"].offer(members.order_by("user__name", "pk"))
        places = Institution.objects.filter(is_active=True).order_by("code")
        fields["institution"].queryset = places.filter(pk=by.institution_id) if here else places
        fields["department"].offer(Department.objects.filter(**here))


class ResolveForm(OwnerFields):
    """A resolution."""

    field_order = ("text", "point", "owner", "institution", "department", "due_on")
    text = _text(pgettext_lazy("resolution", "resolution"), 1000)
    point = forms.ModelChoiceField(
        label=pgettext_lazy("resolution", "point of the agenda"), queryset=None, required=False
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["point"].queryset = AgendaItem.objects.filter(meeting=meeting)


class GiveForm(OwnerFields):
    """A task."""

    field_order = ("title", "text", "owner", "institution", "department", "due_on")
    title = forms.CharField(label=pgettext_lazy("task", "task"), max_length=200)
    text = _text(pgettext_lazy("task", "what is to be done"), 1000, required=False)


class AnswerForm(forms.Form):
    """What was done, with evidence."""

    text = _text(pgettext_lazy("task", "what was done"), 2000)

    def __init__(self, data: Any = None, files: Any = None, **more: Any) -> None:
        super().__init__(data, files, **more)
        self.fields["files"] = EvidenceField()


class NoteForm(forms.Form):
    """A remark, or the reason why it is given back."""

    reason = _text(pgettext_lazy("task", "remark"), 500)


class MinutesForm(forms.Form):
    """The texts of the next version; tables stay what the rows say."""

    def __init__(self, *args: Any, parts: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, part in enumerate(parts):
            self.fields[f"text_{place}"] = forms.CharField(
                label=part.heading, required=False, max_length=4_000, initial=part.text,
                widget=forms.Textarea(attrs={"rows": max(3, part.text.count("\n") + 2)}),
                help_text="" if part.table is None else gettext_lazy("The table below stays as it is."),
            )  # fmt: skip

    def texts(self) -> Mapping[int, str]:
        """As the service takes it."""
        return {int(key[5:]): text for key, text in self.cleaned_data.items() if key.startswith("text_")}


class CorrigendumForm(MinutesForm):
    """The texts as they should have been, and why."""

    reason = _text(pgettext_lazy("minutes", "reason of the correction"), 500)


class OpinionForm(forms.Form):
    """A reviewer's opinion of a case."""

    verdict = forms.ChoiceField(label=pgettext_lazy("review", "opinion"), choices=CaseOpinion.Verdict.choices)
    text = _text(pgettext_lazy("review", "reasons"), 1000, required=False)


class UnifiedForm(forms.Form):
    """How far an institution is in an area."""

    institution = forms.ModelChoiceField(label=gettext_lazy("institution"), queryset=None)
    area = forms.ChoiceField(label=pgettext_lazy("unified", "area"), choices=Unified.Area.choices)
    degree = forms.ChoiceField(label=pgettext_lazy("unified", "how far"), choices=Unified.Degree.choices)
    evidence = forms.CharField(
        label=pgettext_lazy("unified", "what shows it"), max_length=300, required=False
    )

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        places = Institution.objects.filter(is_active=True).order_by("code")
        here = by.institution_id
        fields["institution"].queryset = places if here is None else places.filter(pk=here)
