"""What the API of joint work takes and gives: persons with their steps, cases of techniques."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from alliance.joint.models import Enrolment, Milestone, Technique, TechniqueCase
from alliance.joint.services import Performed
from alliance.lib.identity import mask_name
from alliance.web.form_fields import served
from alliance.web.rows_api import MemberBody


class StepShown(serializers.Serializer[Milestone]):
    """One step of a person; `side` says whose it is."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True)
    side = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    due_on = serializers.DateField(read_only=True)
    done_on = serializers.DateField(read_only=True, allow_null=True)
    done_by = serializers.CharField(source="done_by.code", read_only=True, default=None)


class JointPersonLine(serializers.Serializer[Enrolment]):
    """A person two institutions look after together; the name masked."""

    id = serializers.IntegerField(read_only=True)
    state = serializers.CharField(read_only=True)
    project = serializers.CharField(source="project.code", read_only=True)
    hospital = serializers.CharField(source="hospital.code", read_only=True)
    primary = serializers.CharField(source="primary.code", read_only=True)
    first_day = serializers.DateField(read_only=True)
    patient = serializers.SerializerMethodField()

    def get_patient(self, row: Enrolment) -> str:
        return mask_name(row.person.name)


class JointPersonPage(JointPersonLine):
    """One person with every step; the name in full for the two sides only."""

    steps = StepShown(source="milestones", many=True, read_only=True)

    def get_patient(self, row: Enrolment) -> str:
        name: str = row.person.name
        return name if row.side_of(self.context["member"]) else mask_name(name)


class FinishBody(MemberBody):
    """When a step was done and by whom of the own staff."""

    done_on = serializers.DateField(validators=[served])
    staff = serializers.CharField(max_length=24)
    note = serializers.CharField(required=False, default="", max_length=500, allow_blank=True)
    version = serializers.IntegerField(required=False, min_value=1)


class JointPersonConflict(serializers.Serializer[Any]):
    """409: the person's steps as they are now, beside what was sent."""

    error = serializers.CharField()
    stored = JointPersonPage()
    sent = serializers.DictField()


class TechniqueCaseShown(serializers.Serializer[TechniqueCase]):
    """A case of a technique; the subsidy in fen, the patient masked."""

    id = serializers.IntegerField(read_only=True)
    state = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    technique = serializers.CharField(source="technique.code", read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True)
    operator = serializers.CharField(source="operator.code", read_only=True)
    day = serializers.DateField(read_only=True)
    record_no = serializers.CharField(read_only=True)
    patient = serializers.SerializerMethodField()
    fen = serializers.IntegerField(read_only=True)

    def get_patient(self, row: TechniqueCase) -> str | None:
        return mask_name(row.person.name) if row.person else None


class TechniqueCaseBody(MemberBody):
    """A case of the own institution: the technique by its code, the operator by number, a record number."""

    technique = serializers.CharField(max_length=20)
    staff = serializers.CharField(max_length=24)
    day = serializers.DateField(validators=[served])
    record_no = serializers.CharField(max_length=40)
    note = serializers.CharField(required=False, default="", max_length=300, allow_blank=True)

    def validate_technique(self, code: str) -> Technique:
        """A technique of the alliance."""
        found: Technique | None = Technique.objects.filter(code=code).first()
        if found is None:
            sentence = _("No technique of the alliance has the code “%(code)s”.")
            raise serializers.ValidationError(sentence % {"code": code})
        return found

    def performed(self) -> Performed:
        """As the service takes it."""
        data = self.validated_data
        return Performed(data["staff"], data["day"], None, data["record_no"], data["note"])
