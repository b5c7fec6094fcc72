"""What the sender writes: both forms of definitions section 4, in the order in which they are filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals.forms import scan_limit, scan_type
from alliance.models import Department, Institution
from alliance.web.person_fields import PersonFields
from referrals import reasons, services
from referrals.models import OutsidePlace, Reception, Referral
from referrals.services.reception import Offer

LONG = {"rows": 3}
OUTSIDE = "o"
# Fields one direction does not ask for.
ONLY_DOWN = (
    "record_no", "findings", "next_plan", "medication", "discharge_summary", "follow_up_plan", "high_risk",
)  # fmt: skip
ONLY_UP = ("past_history", "cautions", "green_channel")


def text(label: Any, most: int, **more: Any) -> forms.CharField:
    """A short text that may be left out."""
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=most, required=False, widget=widget, **more)


def long(label: Any) -> forms.CharField:
    """A long text that may be left out."""
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs=LONG))


class ContentFields(forms.Form):
    """The medical part, which the sender may still change until the receiver answers."""

    diagnosis_code = forms.CharField(
        label=gettext_lazy("diagnosis code"), max_length=60, required=False,
        help_text=gettext_lazy("Code, name or initials of its pinyin, as in xlsj; Enter takes the first."),
        widget=forms.TextInput(attrs={"autocapitalize": "off", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    diagnosis_name = forms.CharField(label=gettext_lazy("preliminary diagnosis"), max_length=100)
    reason = forms.ChoiceField(label=gettext_lazy("reason"), widget=forms.RadioSelect)
    summary = long(gettext_lazy("history and findings"))
    reason_text = text(gettext_lazy("reason in words"), 300)
    past_history = long(gettext_lazy("past history"))
    findings = long(gettext_lazy("main examination results"))
    treatment = long(gettext_lazy("treatment so far"))
    cautions = long(gettext_lazy("what to watch"))
    next_plan = long(gettext_lazy("next plan and rehabilitation"))
    medication = long(gettext_lazy("medication"))
    discharge_summary = long(gettext_lazy("discharge summary"))
    follow_up_plan = text(gettext_lazy("dates of the follow-ups"), 200)
    record_no = text(gettext_lazy("in-patient number"), 40)
    ehr_number = text(gettext_lazy("health record number"), 40)
    insurance = forms.ChoiceField(
        label=gettext_lazy("insurance"), required=False, choices=[("", "—"), *Referral.Insurance.choices]
    )
    insurance_no = text(gettext_lazy("insurance card number"), 40)
    address = text(gettext_lazy("address"), 120)
    expected_at = forms.DateTimeField(
        label=gettext_lazy("expected arrival"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    target_doctor = text(gettext_lazy("receiving doctor"), 60)
    transport = forms.ChoiceField(
        label=gettext_lazy("transport"), required=False, choices=[("", "—"), *Referral.Transport.choices]
    )
    contact_phone = forms.CharField(
        label=gettext_lazy("doctor's phone"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )  # fmt: skip
    consent_by = forms.ChoiceField(
        label=gettext_lazy("consent given by"), required=False, choices=[("", "—"), *Referral.Consent.choices]
    )
    green_channel = forms.BooleanField(
        label=gettext_lazy("green channel: treated first, papers after"), required=False
    )
    high_risk = forms.BooleanField(
        label=gettext_lazy("high risk: the community sees the patient within the shorter limit"),
        required=False,
    )

    def offer(self, direction: str, diagnoses_url: str = "") -> None:
        """Offer the reasons of a direction, and only the fields of its form."""
        self.fields["reason"].choices = reasons.choices(direction)  # type: ignore[attr-defined]
        for name in ONLY_DOWN if direction == Referral.Direction.UP else ONLY_UP:
            del self.fields[name]
        self.ask_for("diagnosis_code", "diagnosis_name", "reason", "summary")
        if diagnoses_url:
            self._search(diagnoses_url)

    def ask_for(self, *names: str) -> None:
        """Mark what the service asks for, and say its own sentence where it is missing."""
        for name in names:
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = gettext_lazy(
                services.ReferralRefused.reasons[name]
            )

    def clean_diagnosis_code(self) -> str:
        """What was typed to search and not picked is no code: said with whatever else is wrong."""
        code = str(self.cleaned_data["diagnosis_code"]).strip()
        if code and not services.is_code(code):
            raise forms.ValidationError(_(services.ReferralRefused.reasons["diagnosis_code"]))
        return code

    def _search(self, url: str) -> None:
        """Look diagnoses up while typing; without JavaScript the two fields are simply filled in."""
        self.fields["diagnosis_code"].widget.attrs |= {
            "role": "combobox", "aria-controls": "found-dx", "aria-expanded": "false",
            "data-picks": "found-dx", "hx-post": url, "hx-target": "#found-dx", "hx-swap": "outerHTML",
            "hx-trigger": "input changed delay:120ms", "hx-sync": "this:replace",
            "hx-params": "diagnosis_code",
        }  # fmt: skip


class LogForm(ContentFields, PersonFields):
    """A new referral. `direction` and what may be chosen come from the view."""

    target = forms.ChoiceField(
        label=gettext_lazy("receiving department"),
        error_messages={"required": gettext_lazy("Choose where the patient goes.")},
    )
    outside_name = text(gettext_lazy("name of the place outside the alliance"), 100)
    urgency = forms.ChoiceField(
        label=gettext_lazy("urgency"), choices=Referral.Urgency.choices, initial=Referral.Urgency.ORDINARY,
        widget=forms.RadioSelect,
    )  # fmt: skip
    consent = forms.BooleanField(
        label=gettext_lazy("the patient agrees to the referral and to sharing the record"), required=False
    )
    attachment = forms.FileField(
        label=gettext_lazy("record or result"), required=False,
        help_text=gettext_lazy("PDF, PNG or JPEG; more can be added afterwards."),
    )  # fmt: skip

    def __init__(
        self, *, direction: str, targets: QuerySet[Institution], offers: Sequence[Offer] = (),
        last: str = "", check_url: str = "", diagnoses_url: str = "", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.direction = direction
        self.targets = {target.pk: target for target in targets}
        self.offers = {offer.department.pk: offer for offer in offers if offer.department}
        self.departments = {pk: offer.department for pk, offer in self.offers.items()}
        self.offer(direction, diagnoses_url)
        self.ask_for("consent")
        self.fields["target"].choices = self._target_choices(last)  # type: ignore[attr-defined]
        self.fields["urgency"].choices = [  # type: ignore[attr-defined]
            pair for pair in Referral.Urgency.choices if pair[0] != Referral.Urgency.CRITICAL
        ]
        self.known_outside = OutsidePlace.objects.filter(is_active=True)
        if check_url:
            self._look_while_typing(check_url)

    def clean_attachment(self) -> Any:
        """A scan by content, not larger than the limit."""
        return checked_scan(self.cleaned_data["attachment"])

    def content(self) -> services.Content:
        """What the sender wrote, of a valid form."""
        data = self.cleaned_data
        kind, pk = data["target"][0], int(data["target"][1:] or 0)
        department = self.departments[pk] if kind == "d" else None
        place = None if kind == OUTSIDE else self.targets[department.institution_id if department else pk]
        return services.Content(
            direction=self.direction, target_institution=place, target_department=department,
            outside_name=data["outside_name"] if kind == OUTSIDE else "",
            urgency=data["urgency"], consent=data["consent"], **medical(data),
        )  # fmt: skip

    def _target_choices(self, last: str) -> list[tuple[str, Any]]:
        """Nothing chosen; first where this member sent the last patient, then every house with its rooms."""
        found: list[tuple[str, Any]] = []
        for target in self.targets.values():
            rooms = [
                (f"d{pk}", offer.label)
                for pk, offer in self.offers.items()
                if offer.institution.pk == target.pk
            ]
            any_room = (f"i{target.pk}", _("%(place)s, any department") % {"place": target.short_name})
            found.append((target.name, [any_room, *rooms]))
        labels = {value: label for _house, rooms in found for value, label in rooms}
        again = [(last, _("as last time: %(place)s") % {"place": labels[last]})] if last in labels else []
        return [("", _("— choose —")), *again, *found, (OUTSIDE, _("outside the alliance (write which)"))]

    def _look_while_typing(self, url: str) -> None:
        """Ask whether the patient already has an unfinished referral as soon as who it is has been typed."""
        for name in ("id_number", "name", "sex", "birth_date"):
            self.fields[name].widget.attrs |= {
                "hx-post": url, "hx-trigger": "change", "hx-target": "#live", "hx-include": "closest form",
            }  # fmt: skip


class AmendForm(ContentFields):
    """The medical part of a referral that waits for its answer, with the version it was read at."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *, referral: Referral, diagnoses_url: str = "", **kwargs: Any) -> None:
        initial = {name: getattr(referral, name) for name in ContentFields.base_fields} | {
            "version": referral.version
        }
        super().__init__(initial=initial, **kwargs)
        self.referral = referral
        self.offer(referral.direction, diagnoses_url)
        if referral.urgency == Referral.Urgency.CRITICAL:  # its form follows within the day
            self.fields["diagnosis_code"].required = self.fields["summary"].required = False

    def content(self) -> services.Content:
        """The referral's content with what was changed, of a valid form."""
        return services.Content(
            direction=self.referral.direction, target_institution=self.referral.target_institution,
            target_department=self.referral.target_department, **medical(self.cleaned_data),
        )  # fmt: skip


class FileForm(forms.Form):
    """One more record or result."""

    attachment = forms.FileField(
        label=gettext_lazy("record or result"), help_text=gettext_lazy("PDF, PNG or JPEG")
    )

    def clean_attachment(self) -> Any:
        """A scan by content, not larger than the limit."""
        return checked_scan(self.cleaned_data["attachment"])


class FilingForm(forms.Form):
    """The insurer's number of the filing."""

    filing_no = forms.CharField(label=gettext_lazy("filing number"), max_length=40)


class ExplanationForm(forms.Form):
    """Why the month's rate lies outside its band."""

    text = forms.CharField(
        label=gettext_lazy("explanation"), min_length=10, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What drove the rate, and what is being done; name no patient."),
    )  # fmt: skip


class ReceptionForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a department offers to those who refer to it, and the emergencies it is a centre for."""

    emergencies = forms.MultipleChoiceField(
        label=gettext_lazy("centre for"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Reception
        fields = ("offers", "daily_slots", "phone", "is_open", "on_duty", "present")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["emergencies"].choices = reasons.choices("suspected")  # type: ignore[attr-defined]
        self.initial.setdefault("emergencies", self.instance.emergencies)


def checked_scan(file: Any) -> Any:
    """A scan as it is; raises ValidationError for one that is too large or no scan."""
    if file is None:
        return None
    if (file.size or 0) > scan_limit():
        raise forms.ValidationError(
            _("The file has more than %(mib)s MiB. Scan it smaller.") % {"mib": scan_limit() >> 20}
        )
    if scan_type(file) is None:
        raise forms.ValidationError(_("This is no PDF, PNG or JPEG."))
    return file


def medical(data: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `ContentFields` out of cleaned data; empty where a direction does not ask."""
    return {name: data.get(name, EMPTY.get(name, "")) for name in ContentFields.base_fields}


EMPTY: dict[str, Any] = {"high_risk": False, "green_channel": False, "expected_at": None}


def departments_of(institutions: Iterable[int]) -> dict[int, Department]:
    """Active clinical departments of institutions, by key."""
    rows = Department.objects.filter(
        institution__in=list(institutions), is_active=True, kind=Department.Kind.CLINICAL
    )
    return {row.pk: row for row in rows}
