"""Months as the API gives them: the frozen result, word for word; decimals are text, money is whole fen."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class Token(serializers.Serializer[Any]):
    """A number of a formula, or a sign between numbers."""

    kind = serializers.CharField()
    text = serializers.CharField(required=False, help_text="of a sign: + − × ÷ ( ) ≥ ≤ < → Σ")
    name = serializers.CharField(required=False)
    value = serializers.CharField(required=False, allow_null=True, help_text="null: not known")
    origin = serializers.CharField(required=False, help_text="fact, parameter or result")
    institution = serializers.CharField(required=False, allow_blank=True)
    month = serializers.CharField(required=False, allow_null=True)
    evidence_kind = serializers.CharField(required=False, allow_blank=True)
    evidence_count = serializers.IntegerField(required=False)


class Formula(serializers.Serializer[Any]):
    """A formula with its numbers put in."""

    key = serializers.CharField()
    tokens = Token(many=True)


class Reason(serializers.Serializer[Any]):
    """Why there is no number."""

    code = serializers.CharField()
    about = serializers.ListField(child=serializers.CharField())
    n = serializers.CharField(allow_null=True)
    minimum = serializers.IntegerField(allow_null=True)


class Value(serializers.Serializer[Any]):
    """An indicator of an institution; the formula only where the caller may see the institution's figures."""

    institution = serializers.CharField()
    code = serializers.CharField()
    status = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    numerator = serializers.CharField(allow_null=True)
    denominator = serializers.CharField(allow_null=True)
    reason = Reason(allow_null=True)
    flags = serializers.ListField(child=serializers.CharField())
    formula = Formula(required=False)


class Score(serializers.Serializer[Any]):
    """Points of an indicator of an institution."""

    institution = serializers.CharField()
    indicator = serializers.CharField()
    dimension = serializers.CharField()
    weight = serializers.CharField()
    weight_in_effect = serializers.CharField(allow_null=True)
    score = serializers.CharField(allow_null=True)
    limited = serializers.CharField(allow_blank=True)
    reason = Reason(allow_null=True)
    formula = Formula(required=False)


class Dimension(serializers.Serializer[Any]):
    """Points of a dimension."""

    dimension = serializers.CharField()
    points = serializers.CharField()
    possible = serializers.CharField()
    weight = serializers.CharField()


class Total(serializers.Serializer[Any]):
    """The score of an institution."""

    institution = serializers.CharField()
    column = serializers.CharField()
    status = serializers.CharField()
    score = serializers.CharField(allow_null=True)
    missing = serializers.ListField(child=serializers.CharField())
    dimensions = Dimension(many=True)
    formula = Formula(required=False)


class Line(serializers.Serializer[Any]):
    """The share of an institution in fen."""

    institution = serializers.CharField()
    fen = serializers.IntegerField()
    score = serializers.CharField(allow_null=True)
    basis_fen = serializers.IntegerField(required=False)
    weight = serializers.CharField(required=False)
    quota = serializers.CharField(required=False)
    remainder_rank = serializers.IntegerField(required=False)
    got_extra_fen = serializers.BooleanField(required=False)
    formula = Formula(required=False)


class MonthHead(serializers.Serializer[Any]):
    """A month with a result."""

    month = serializers.CharField()
    run = serializers.IntegerField()
    state = serializers.CharField()
    provisional = serializers.BooleanField(help_text="true until the month is approved")
    pool_fen = serializers.IntegerField()
    scheme = serializers.CharField()
    scheme_version = serializers.CharField()
    scheme_digest = serializers.CharField()
    inputs_digest = serializers.CharField()
    result_digest = serializers.CharField()
    code_version = serializers.CharField()
    computed_at = serializers.DateTimeField()


class MonthPage(MonthHead):
    """A month with everything that follows from its inputs."""

    values = Value(many=True)
    scores = Score(many=True)
    totals = Total(many=True)
    lines = Line(many=True)
