"""What programs read about a case: the bodies of the API, field by field."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from alliance.web.form_fields import served


class CaseHead(serializers.Serializer[Any]):
    """Which case in which revision; codes in the insurance edition, principal and main ones first."""

    id = serializers.IntegerField()
    record_no = serializers.CharField()
    visit_no = serializers.IntegerField()
    institution = serializers.CharField()
    revision = serializers.IntegerField()
    diagnoses = serializers.ListField(child=serializers.CharField())
    procedures = serializers.ListField(child=serializers.CharField())


class SchemeHead(serializers.Serializer[Any]):
    """The scheme in force on the day of discharge."""

    code = serializers.CharField()
    name = serializers.CharField()
    version = serializers.CharField()
    from_date = serializers.DateField(validators=[served])
    digest = serializers.CharField()
    illustrative = serializers.BooleanField()


class GroupResult(serializers.Serializer[Any]):
    """The group; weight with its digits as the scheme writes them, null when it has none."""

    mdc = serializers.CharField()
    adrg = serializers.CharField()
    drg = serializers.CharField()
    name = serializers.CharField()
    status = serializers.ChoiceField(["grouped", "adrg_only", "ambiguous", "ungroupable"])
    weight = serializers.DecimalField(20, None, coerce_to_string=True, allow_null=True)


class TriedRule(serializers.Serializer[Any]):
    """A row of the scheme that was tried, with its rule as written."""

    code = serializers.CharField()
    name = serializers.CharField()
    rule = serializers.CharField()
    held = serializers.BooleanField()


class StoryLine(serializers.Serializer[Any]):
    """One sentence: a row that held, rows that failed for one cause, a row that failed by little ("near"), or
    one that held and led nowhere ("on").
    """

    kind = serializers.ChoiceField(["held", "on", "failed", "near"])
    level = serializers.ChoiceField(["mdc", "adrg", "drg"])
    title = serializers.CharField()
    text = serializers.CharField()
    codes = serializers.ListField(child=serializers.CharField())
    rules = TriedRule(many=True)
    last = serializers.BooleanField()


class StoryAttempt(serializers.Serializer[Any]):
    """One pass through the scheme with these procedures."""

    procedures = serializers.ListField(child=serializers.CharField())
    lines = StoryLine(many=True)


class ComplicationVerdict(serializers.Serializer[Any]):
    """A secondary diagnosis: its level (CC, MCC or empty), whether it counts, and why."""

    code = serializers.CharField()
    name = serializers.CharField()
    level = serializers.CharField()
    exclusion_group = serializers.CharField()
    state = serializers.ChoiceField(["counts", "excluded", "none"])
    why = serializers.CharField()


class PaymentFactor(serializers.Serializer[Any]):
    """One factor of the standard, a decimal (of a rate: fen), and since when it holds."""

    part = serializers.ChoiceField(["weight", "rate", "coefficient", "adjustment"])
    value = serializers.CharField()
    since = serializers.DateField(allow_null=True, validators=[served])
    name = serializers.CharField()


class PaymentStandard(serializers.Serializer[Any]):
    """The payment standard in fen, or why the case has none (`reason` in words); `insurer_fen`: what the
    insurer's group results name.
    """

    stage = serializers.ChoiceField(["estimated", "insurer"])
    type = serializers.CharField()
    standard_fen = serializers.IntegerField(allow_null=True)
    why = serializers.ChoiceField(["", "void", "pending", "no_group", "no_weight", "out_of_scope", "no_rate"])
    reason = serializers.CharField()
    factors = PaymentFactor(many=True)
    insurer_fen = serializers.IntegerField(allow_null=True)


class Explanation(serializers.Serializer[Any]):
    """How a case was grouped, as sentences and as data."""

    language = serializers.ChoiceField(["zh", "en"])
    case = CaseHead()
    scheme = SchemeHead()
    outcome = serializers.CharField()
    result = GroupResult()
    attempts = StoryAttempt(many=True)
    complications = ComplicationVerdict(many=True)
    payment = PaymentStandard()
    text = serializers.CharField()
