"""Conditions of the lists of deliveries and cases."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.period import Month, PeriodRefused
from alliance.lib.refusal import Refused
from alliance.web import words
from grouping import texts, visible
from grouping.models import Case, CaseFile


class FileFilter(django_filters.FilterSet):
    """Conditions of the list of deliveries."""

    state = django_filters.ChoiceFilter(
        choices=list(texts.FILE_STATES.items()),
        label=gettext_lazy("state"),
        empty_label=gettext_lazy("state: all"),
    )
    institution = django_filters.ModelChoiceFilter(
        queryset=lambda request: visible.institutions(request.membership),
        label=gettext_lazy("institution"), empty_label=gettext_lazy("institution: all"),
    )  # fmt: skip

    class Meta:
        model = CaseFile
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        drop_institution(self)


def drop_institution(filterset: django_filters.FilterSet) -> None:
    """Who belongs to one institution is not asked which."""
    if filterset.request.membership.institution_id is not None:
        del filterset.filters["institution"]


def months_to_choose(request: Any) -> list[tuple[str, str]]:
    """Months with cases, newest first."""
    found = visible.cases(request.membership).order_by("-month").values_list("month", flat=True).distinct()
    return [(str(Month.of(day)), words.month(day)) for day in found[:36]]


def asked_month(asked: str, choices: list[tuple[str, str]]) -> dict[str, Any]:
    """Choices of a condition on the month, the asked one among them also without cases; words where the
    asked text is no month."""
    try:
        month = Month.parse(asked) if asked else None
    except PeriodRefused as refused:
        said = _(refused.template) % refused.params
        return {"choices": choices, "error_messages": {"invalid_choice": said.replace("%", "%%")}}
    if month is None or asked in dict(choices):
        return {"choices": choices}
    return {"choices": [*choices, (asked, words.month(month.first_day))]}


class CaseFilter(django_filters.FilterSet):
    """Conditions of the list of cases, over cases annotated by facts.with_group."""

    month = django_filters.ChoiceFilter(
        choices=[], method="of_month", label=gettext_lazy("month"), empty_label=gettext_lazy("newest month")
    )
    institution = django_filters.ModelChoiceFilter(
        queryset=lambda request: visible.institutions(request.membership),
        label=gettext_lazy("institution"), empty_label=gettext_lazy("institution: all"),
    )  # fmt: skip
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
        drop_institution(self)
        self.filters["month"].extra |= asked_month(self.data.get("month", ""), months_to_choose(self.request))

    @property
    def form(self) -> Any:
        """The form; a month that is none stays chosen in it, so that what was typed is not lost."""
        found = super().form
        typed, widget = self.data.get("month", ""), found.fields["month"].widget
        if typed and typed not in dict(widget.choices):
            widget.choices = [*widget.choices, (typed, typed)]
        return found

    def of_month(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Discharges of one month."""
        try:
            return queryset.filter(month=Month.parse(value).first_day)
        except Refused:
            return queryset.none()

    def of_group(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """By a whole code of any of the three levels."""
        code = value.strip().upper()
        return queryset.filter(Q(drg=code) | Q(adrg=code) | Q(mdc=code))  # type: ignore[misc]
