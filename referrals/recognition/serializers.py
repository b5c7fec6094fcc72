"""What the API of recognition takes and gives; alliance, state and times of decisions are never written."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alliance.lib.identity import mask_name
from alliance.models import Membership
from alliance.web.form_fields import served
from alliance.web.person_body import PatientBody
from referrals.recognition import services
from referrals.recognition.models import Item, Offer, Order, Result
from referrals.serializers import department
from referrals.shown import PersonShown


class OrderBody(serializers.Serializer[Any]):
    """An examination a hospital's system is about to order."""

    patient = PatientBody()
    item = serializers.CharField(max_length=32, help_text="item code of the register")
    indication = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    emergency = serializers.BooleanField(default=False)
    external_number = serializers.CharField(
        max_length=40, required=False, allow_blank=True, default="",
        help_text="the order's number in that system; the same number again answers with the same order",
    )  # fmt: skip
    department = serializers.CharField(max_length=16, required=False, allow_blank=True, default="")

    def wanted(self, member: Membership) -> services.Wanted:
        """The body as the service takes it. Raises ValidationError for an unknown department."""
        data, room = self.validated_data, None
        if data["department"] and member.institution is not None:
            try:
                room = department(member.institution, data["department"])
            except serializers.ValidationError as error:
                raise serializers.ValidationError({"department": error.detail}) from None
        names = ("item", "indication", "emergency", "external_number")
        return services.Wanted(**{name: data[name] for name in names}, department=room)


class DecideBody(serializers.Serializer[Any]):
    """The words of a decision: recognise takes result, repeat a reason R1 to R6, withdraw a note."""

    version = serializers.IntegerField(min_value=1, required=False)
    result = serializers.IntegerField(required=False, default=0)
    reason = serializers.CharField(max_length=8, required=False, default="", allow_blank=True)
    reason_text = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)

    def arguments(self, step: str) -> dict[str, Any]:
        """The arguments of the step's service."""
        taken = {"recognise": ("result",), "repeat": ("reason", "reason_text"), "withdraw": ("note",)}[step]
        data = self.validated_data
        return {"version": data.get("version")} | {name: data[name] for name in taken}


class ReportBody(serializers.Serializer[Any]):
    """One result of the own house."""

    patient = PatientBody()
    item = serializers.CharField(max_length=32)
    number = serializers.CharField(max_length=40)
    taken_at = serializers.DateTimeField(validators=[served])
    reported_at = serializers.DateTimeField(
        required=False, allow_null=True, default=None, validators=[served]
    )
    conclusion = serializers.CharField(max_length=4000)
    reference = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")

    def report(self) -> services.Report:
        """The body as the service takes it."""
        names = ("item", "number", "taken_at", "conclusion", "reported_at", "reference")
        return services.Report(**{name: self.validated_data[name] for name in names})


class RecognisableShown(serializers.Serializer[Item]):
    """An item as it holds today."""

    code = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    family = serializers.CharField(read_only=True)
    modality = serializers.CharField(read_only=True)
    validity_days = serializers.IntegerField(read_only=True)
    mark = serializers.CharField(read_only=True)
    from_date = serializers.DateField(read_only=True)


class ResultShown(serializers.Serializer[Result]):
    """A result: of the own house, or one that was shown for an order."""

    id = serializers.IntegerField(read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True)
    item = serializers.CharField(source="item.code", read_only=True)
    name = serializers.CharField(source="item.name", read_only=True)
    number = serializers.CharField(read_only=True)
    taken_at = serializers.DateTimeField(read_only=True)
    reported_at = serializers.DateTimeField(read_only=True)
    valid_until = serializers.DateTimeField(read_only=True)
    conclusion = serializers.CharField(read_only=True)
    reference = serializers.CharField(read_only=True)
    withdrawn_at = serializers.DateTimeField(read_only=True)


class OrderLine(serializers.Serializer[Order]):
    """An order in a list."""

    id = serializers.IntegerField(read_only=True)
    number = serializers.CharField(read_only=True)
    external_number = serializers.CharField(read_only=True)
    state = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    patient = serializers.SerializerMethodField()
    institution = serializers.CharField(source="institution.code", read_only=True)
    item = serializers.CharField(source="item.code", read_only=True)
    emergency = serializers.BooleanField(read_only=True)
    ordered_at = serializers.DateTimeField(read_only=True)
    due_at = serializers.DateTimeField(read_only=True)
    decided_at = serializers.DateTimeField(read_only=True)
    reason = serializers.CharField(read_only=True)
    result = serializers.IntegerField(source="result_id", read_only=True, allow_null=True)

    def get_patient(self, row: Order) -> str:
        return mask_name(row.person.name)


class OrderPage(OrderLine):
    """An order with the existing results that were shown, and the steps this member may take now."""

    person = serializers.SerializerMethodField()
    indication = serializers.CharField(read_only=True)
    reason_text = serializers.CharField(read_only=True)
    results = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()

    def _member(self) -> Membership:
        member: Membership = self.context["member"]
        return member

    @extend_schema_field(PersonShown)
    def get_person(self, row: Order) -> dict[str, Any]:
        return dict(PersonShown(row.person, context={"full": row.is_own(self._member())}).data)

    @extend_schema_field(ResultShown(many=True))
    def get_results(self, row: Order) -> list[Any]:
        """Conclusions and addresses for the ordering institution only."""
        offers: Any = row.offers.select_related("result__institution", "result__item").order_by("rank")
        own, found = row.is_own(self._member()), []
        for offer in offers:
            shown = dict(ResultShown(_result(offer)).data)
            found.append(shown if own else shown | {"conclusion": "", "reference": ""})
        return found

    def get_steps(self, row: Order) -> list[str]:
        return [step.name for step in row.steps_for(self._member())]


def _result(offer: Offer) -> Result:
    found: Result = offer.result
    return found


class OrderConflict(serializers.Serializer[Any]):
    """409: the order as it is now, and what was sent."""

    error = serializers.CharField()
    stored = OrderPage()
    sent = serializers.DictField()
