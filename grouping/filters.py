"""Conditions of the lists of deliveries and cases."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month
from alliance.web import words
from alliance.web.asked import MonthFilter
from grouping import texts, visible
from grouping.models import Case, CaseFile


class InstitutionFilter(django_filters.ModelChoiceFilter):
    """Rows of one institution the member sees; one that is not among them is said, and changes nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=lambda request: visible.institutions(request.membership),
            label=gettext_lazy("institution"), empty_label=gettext_lazy("institution: all"),
            error_messages={"invalid_choice": gettext_lazy("This one is not among yours.")},
            **kwargs,
        )  # fmt: skip


class PlacedFilter(django_filters.FilterSet):
    """Conditions of a list of rows that each belong to an institution.

    Who belongs to one institution is not asked which; an address that asks for another one is not there.
    """

    institution = InstitutionFilter()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.request.membership.institution_id
        if own is None:
            return
        if self.data.get("institution") not in (None, "", str(own)):
            raise Http404
        del self.filters["institution"]


class FileFilter(PlacedFilter):
    """Conditions of the list of deliveries."""

    state = django_filters.ChoiceFilter(
        choices=list(texts.FILE_STATES.items()),
        label=gettext_lazy("state"),
        empty_label=gettext_lazy("state: all"),
    )

    class Meta:
        model = CaseFile
        fields: list[str] = []


def months_to_choose(request: Any) -> list[tuple[str, str]]:
    """Months with cases, newest first."""
    found = visible.cases(request.membership).order_by("-month").values_list("month", flat=True).distinct()
    return [(str(Month.of(day)), words.month(day)) for day in found[:36]]


class CaseFilter(PlacedFilter):
    """Conditions of the list of cases, over cases annotated by facts.with_group."""

    month = MonthFilter(choices=[], label=gettext_lazy("month"), empty_label=gettext_lazy("newest month"))
    department = django_filters.CharFilter(
        field_name="department_code", label=gettext_lazy("department code")
    )
    drg = django_filters.CharFilter(method="of_group", label=gettext_lazy("MDC, ADRG or DRG"))
    record = django_filters.CharFilter(field_name="record_no", label=gettext_lazy("record number"))
    file = django_filters.NumberFilter(field_name="file", label=gettext_lazy("number of the delivery"))

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["month"].extra["choices"] = months_to_choose(self.request)

    def of_group(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """By a whole code of any of the three levels."""
        code = value.strip().upper()
        return queryset.filter(Q(drg=code) | Q(adrg=code) | Q(mdc=code))  # type: ignore[misc]
