"""Who a patient is, as the bodies of every room's API say it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from alliance.models import Person


class PatientBody(serializers.Serializer[Any]):
    """Who the patient is: a name with an ID number, or with sex and date of birth."""

    name = serializers.CharField(max_length=60)
    id_number = serializers.CharField(
        max_length=30, required=False, default="", allow_blank=True, write_only=True
    )
    sex = serializers.ChoiceField(choices=Person.Sex.choices, required=False, default=int(Person.Sex.UNKNOWN))
    birth_date = serializers.DateField(required=False, default=None, allow_null=True)
    phone = serializers.CharField(
        max_length=30, required=False, default="", allow_blank=True, write_only=True
    )
