"""The emergency: seconds to fill in, everything but what is suspected may be left out (practice 8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution
from alliance.web.person_fields import OptionalPersonFields
from referrals import reasons
from referrals.forms.log import OUTSIDE, ContentFields, medical
from referrals.models import Reception, Referral
from referrals.services import Content
from referrals.services.emergency import Call


class EmergencyForm(forms.Form):
    """Who, what is suspected, since when, my telephone, to whom."""

    suspected = forms.ChoiceField(label=gettext_lazy("suspected"), widget=forms.RadioSelect)
    who = forms.CharField(
        label=gettext_lazy("patient"), max_length=60, required=False,
        help_text=gettext_lazy("Name or ID number; unknown: sex and age as they look, or nothing."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    onset = forms.TimeField(
        label=gettext_lazy("onset, or last seen well"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    last_well = forms.BooleanField(
        label=gettext_lazy("onset not seen: this is when the patient was last well"), required=False
    )
    phone = forms.CharField(
        label=gettext_lazy("my telephone"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )  # fmt: skip
    target = forms.ChoiceField(label=gettext_lazy("send to"))
    outside_name = forms.CharField(
        label=gettext_lazy("name of the hospital outside the alliance"), max_length=100, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "outside"}),
    )  # fmt: skip
    telephoned = forms.BooleanField(label=gettext_lazy("I have told them by telephone"), required=False)

    def __init__(
        self, *, centres: Sequence[Reception], hospitals: Sequence[Institution], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.centres = {row.pk: row for row in centres}
        self.hospitals = {place.pk: place for place in hospitals}
        self.fields["suspected"].choices = reasons.choices("suspected")  # type: ignore[attr-defined]
        rooms = [(f"r{pk}", centre_name(row)) for pk, row in self.centres.items()]
        places = [(f"i{pk}", place.name) for pk, place in self.hospitals.items()]
        elsewhere = (OUTSIDE, _("outside the alliance: write its name"))
        self.fields["target"].choices = [*rooms, *places, elsewhere]  # type: ignore[attr-defined]

    def call(self, now: datetime) -> Call:
        """What was said, of a valid form; an hour later than now was yesterday."""
        data = self.cleaned_data
        kind, pk = data["target"][0], int(data["target"][1:] or 0)
        row, place = self.centres.get(pk) if kind == "r" else None, self.hospitals.get(pk)
        return Call(
            suspected=data["suspected"], target=row.institution if row else place if kind == "i" else None,
            department=row.department if row else None, who=data["who"],
            onset_at=self._onset(now), last_well=data["last_well"], phone=data["phone"],
            telephoned=data["telephoned"], outside_name=data["outside_name"] if kind == OUTSIDE else "",
        )  # fmt: skip

    def _onset(self, now: datetime) -> datetime | None:
        at = self.cleaned_data["onset"]
        if at is None:
            return None
        moment = datetime.combine(now.astimezone(SHANGHAI).date(), at, SHANGHAI)
        return moment if moment <= now else moment - timedelta(days=1)


def centre_name(row: Reception) -> str:
    """A centre in one line: house, department, who is on duty."""
    duty = _("on duty %(name)s") % {"name": row.on_duty} if row.on_duty else ""
    name = f"{row.institution.short_name} {row.department.name if row.department else ''}".strip()
    return " · ".join(filter(None, (name, duty)))


class FormLater(ContentFields, OptionalPersonFields):
    """The form of an emergency, completed within the day; the patient may still be unknown."""

    consent = forms.BooleanField(
        label=gettext_lazy("the patient agrees to the referral and to sharing the record"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *, referral: Referral, diagnoses_url: str = "", **kwargs: Any) -> None:
        initial = {name: getattr(referral, name) for name in ContentFields.base_fields}
        super().__init__(initial=initial | {"version": referral.version, "reason": "critical"}, **kwargs)
        self.referral = referral
        self.offer(referral.direction, diagnoses_url)
        if referral.person_id:
            for name in OptionalPersonFields.base_fields:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Somebody, or still nobody: no field about the patient filled in."""
        data = self.cleaned_data
        if not any(data.get(name) for name in ("id_number", "name", "birth_date")):
            return data
        return super().clean()

    def content(self) -> Content:
        """The content of a valid form."""
        referral = self.referral
        return Content(
            direction=referral.direction, target_institution=referral.target_institution,
            target_department=referral.target_department, urgency=Referral.Urgency.CRITICAL,
            outside_name=referral.outside.name if referral.outside else "",
            consent=self.cleaned_data["consent"], **medical(self.cleaned_data),
        )  # fmt: skip
