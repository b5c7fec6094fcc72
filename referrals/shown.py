"""What the API of referrals gives: names in full for the two sides only, numbers masked."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alliance.lib.identity import mask_id, mask_name, mask_phone
from alliance.models import Membership, Person
from referrals.models import Referral


class PersonShown(serializers.Serializer[Person]):
    """A patient: the name in full for the two sides only, numbers masked."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.SerializerMethodField()
    sex = serializers.IntegerField(read_only=True)
    birth_date = serializers.SerializerMethodField()
    id_number = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()

    def get_name(self, person: Person) -> str:
        return person.name if self.context.get("full") else mask_name(person.name)

    def get_birth_date(self, person: Person) -> str | None:
        return person.birth_date.isoformat() if person.birth_date and self.context.get("full") else None

    def get_id_number(self, person: Person) -> str | None:
        return mask_id(person.id_number) if person.id_number else None

    def get_phone(self, person: Person) -> str | None:
        return mask_phone(person.phone) if person.phone else None


class ReferralLine(serializers.Serializer[Referral]):
    """A referral in a list."""

    id = serializers.IntegerField(read_only=True)
    number = serializers.CharField(read_only=True)
    direction = serializers.CharField(read_only=True)
    urgency = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    patient = serializers.SerializerMethodField()
    origin_institution = serializers.CharField(source="origin_institution.code", read_only=True)
    target_institution = serializers.CharField(source="target_institution.code", read_only=True, default=None)
    outside = serializers.CharField(source="outside.name", read_only=True, default=None)
    target_department = serializers.CharField(source="target_department.code", read_only=True, default=None)
    diagnosis_code = serializers.CharField(read_only=True)
    diagnosis_name = serializers.CharField(read_only=True)
    logged_at = serializers.DateTimeField(read_only=True)
    answer_due_at = serializers.DateTimeField(read_only=True)
    answered_at = serializers.DateTimeField(read_only=True)
    arrived_at = serializers.DateTimeField(read_only=True)
    completed_at = serializers.DateTimeField(read_only=True)

    def get_patient(self, referral: Referral) -> str:
        return referral.patient_masked


class ReferralPage(ReferralLine):
    """A referral with everything that was written, and the steps this member may take now."""

    person = serializers.SerializerMethodField()
    reason = serializers.CharField(read_only=True)
    reason_text = serializers.CharField(read_only=True)
    summary = serializers.CharField(read_only=True)
    treatment = serializers.CharField(read_only=True)
    next_plan = serializers.CharField(read_only=True)
    medication = serializers.CharField(read_only=True)
    transport = serializers.CharField(read_only=True)
    contact_phone = serializers.CharField(read_only=True)
    consent = serializers.BooleanField(read_only=True)
    answer_rule = serializers.CharField(read_only=True)
    closed_at = serializers.DateTimeField(read_only=True)
    past_history = serializers.CharField(read_only=True)
    findings = serializers.CharField(read_only=True)
    cautions = serializers.CharField(read_only=True)
    discharge_summary = serializers.CharField(read_only=True)
    follow_up_plan = serializers.CharField(read_only=True)
    record_no = serializers.CharField(read_only=True)
    ehr_number = serializers.CharField(read_only=True)
    insurance = serializers.CharField(read_only=True)
    expected_at = serializers.DateTimeField(read_only=True)
    target_doctor = serializers.CharField(read_only=True)
    consent_by = serializers.CharField(read_only=True)
    green_channel = serializers.BooleanField(read_only=True)
    suspected = serializers.CharField(read_only=True)
    onset_at = serializers.DateTimeField(read_only=True)
    telephoned_at = serializers.DateTimeField(read_only=True)
    form_due_at = serializers.DateTimeField(read_only=True)
    form_completed_at = serializers.DateTimeField(read_only=True)
    filing = serializers.CharField(read_only=True)
    filing_no = serializers.CharField(read_only=True)
    question = serializers.CharField(read_only=True)
    planned_at = serializers.DateTimeField(read_only=True)
    treated_at = serializers.DateTimeField(read_only=True)
    ended_on = serializers.DateField(read_only=True)
    reply_due_at = serializers.DateTimeField(read_only=True)
    high_risk = serializers.BooleanField(read_only=True)
    followup_due_at = serializers.DateTimeField(read_only=True)
    followed_up_at = serializers.DateTimeField(read_only=True)
    decline_reason = serializers.CharField(read_only=True)
    decline_text = serializers.CharField(read_only=True)
    reply = serializers.CharField(read_only=True)
    previous = serializers.IntegerField(source="previous_id", read_only=True, allow_null=True)
    steps = serializers.SerializerMethodField()

    def _member(self) -> Membership:
        member: Membership = self.context["member"]
        return member

    @extend_schema_field(PersonShown)
    def get_person(self, referral: Referral) -> dict[str, Any] | None:
        if referral.person is None:
            return None
        full = referral.side_of(self._member()) != ""
        return dict(PersonShown(referral.person, context={"full": full}).data)

    def get_steps(self, referral: Referral) -> list[str]:
        return [step.name for step in referral.steps_for(self._member())]


class Conflict(serializers.Serializer[Any]):
    """409: the row as it is now, and what was sent."""

    error = serializers.CharField()
    stored = ReferralPage()
    sent = serializers.DictField()
