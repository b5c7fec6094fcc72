"""What the API of complaints takes and gives; no name, no telephone, no private link of anybody is given."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alliance.models import Institution, Membership
from complaints.models import TAKEN_DOWN, Answer, Channel, Complaint, Filer, Verdict
from complaints.services import filing
from complaints.services.refusals import ComplaintRefused


class ComplaintBody(serializers.Serializer[Any]):
    """A complaint that a member takes down. `key` is the sender's own number of it: sent again with the same
    key it is the same complaint.
    """

    key = serializers.CharField(max_length=64)
    institution = serializers.CharField(max_length=20, help_text="code of the institution complained of")
    category = serializers.CharField(max_length=24)
    text = serializers.CharField(max_length=4_000)
    channel = serializers.ChoiceField(choices=[(one, Channel(one).label) for one in TAKEN_DOWN])
    filer = serializers.ChoiceField(choices=Filer.choices, default=Filer.SELF)
    anonymous = serializers.BooleanField(default=True)
    name = serializers.CharField(max_length=60, required=False, allow_blank=True, default="", write_only=True)
    phone = serializers.CharField(
        max_length=20, required=False, allow_blank=True, default="", write_only=True
    )
    subject = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")

    def said(self) -> filing.Said:
        """The body as the service takes it. Raises ComplaintRefused (institution)."""
        data = dict(self.validated_data)
        data.pop("key")
        code = data.pop("institution")
        rows = Institution.objects.filter(is_active=True, code=code).select_related("alliance", "parent")
        place = rows.first()
        if place is None:
            raise ComplaintRefused("institution")
        return filing.Said(place, **data)


class AnswerBody(serializers.Serializer[Any]):
    """What the person is told. A result needs its finding. `version` is the one that was read."""

    text = serializers.CharField(max_length=4_000)
    verdict = serializers.ChoiceField(choices=Verdict.choices, required=False, allow_blank=True, default="")
    version = serializers.IntegerField(min_value=1, required=False, default=None, allow_null=True)


class ComplaintLine(serializers.Serializer[Complaint]):
    """A complaint in a list: no words of the person."""

    id = serializers.IntegerField(read_only=True)
    number = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    round = serializers.IntegerField(read_only=True)
    channel = serializers.CharField(read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True)
    department = serializers.CharField(source="department.code", read_only=True, default=None)
    category = serializers.CharField(read_only=True)
    severity = serializers.CharField(read_only=True)
    level = serializers.CharField(read_only=True)
    received_at = serializers.DateTimeField(read_only=True)
    first_due_at = serializers.DateTimeField(read_only=True)
    first_answered_at = serializers.DateTimeField(read_only=True)
    result_due_at = serializers.DateTimeField(read_only=True)
    resolved_at = serializers.DateTimeField(read_only=True)
    closed_at = serializers.DateTimeField(read_only=True)
    verdict = serializers.CharField(read_only=True)
    solved = serializers.BooleanField(read_only=True, allow_null=True)
    word = serializers.CharField(read_only=True, help_text="how the person's word came: link, staff or empty")


class AnswerShown(serializers.Serializer[Answer]):
    """An answer as the person reads it."""

    kind = serializers.CharField(read_only=True)
    round = serializers.IntegerField(read_only=True)
    text = serializers.CharField(read_only=True)
    verdict = serializers.CharField(read_only=True)
    at = serializers.DateTimeField(read_only=True)


class ComplaintPage(ComplaintLine):
    """A complaint with what was said and answered, and the steps this member may take now."""

    filer = serializers.CharField(read_only=True)
    anonymous = serializers.BooleanField(read_only=True)
    subject = serializers.CharField(read_only=True)
    text = serializers.CharField(read_only=True)
    about = serializers.CharField(source="about_text", read_only=True)
    order_number = serializers.CharField(read_only=True)
    answers = AnswerShown(many=True, read_only=True)
    additions = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_additions(self, row: Complaint) -> list[str]:
        """What was said later, oldest first."""
        return [one.text for one in row.additions.all()]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_steps(self, row: Complaint) -> list[str]:
        """Names of the steps this member may take now."""
        member: Membership = self.context["member"]
        return [step.name for step in row.steps_for(member)]


class ComplaintConflict(serializers.Serializer[Any]):
    """409: the complaint as it is now, and what was sent."""

    error = serializers.CharField()
    stored = ComplaintPage()
    sent = serializers.DictField()
