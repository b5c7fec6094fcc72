"""Master data as sheets: what a line means, told apart by natural keys, never by an id (walls.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets

from alliance.models import Department, Institution, Membership, RosterRow, Staff, WorkCalendarDay

YES, NO = ("yes", "是", "true", "1"), ("no", "否", "false", "0")


# Cells ---------------------------------------------------------------------------
class Cell(widgets.Widget):
    """Text, cut to its ends; empty stays empty."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        """The value of a cell, or ValueError with a sentence that says what to write."""
        text = str(value or "").strip()
        return self.read(text, row or {}) if text else self.empty()

    def read(self, text: str, row: Mapping[str, Any]) -> Any:
        """A cell that holds something."""
        return text

    def empty(self) -> Any:
        """A cell that holds nothing."""
        return ""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        """As a sheet holds it: text, number or date."""
        return value


class Optional(Cell):
    """A cell whose emptiness means that there is nothing."""

    def empty(self) -> Any:
        return None


class Number(Optional):
    """A whole number from 0."""

    def read(self, text: str, row: Mapping[str, Any]) -> int:
        if not (text.isascii() and text.isdecimal()) or len(text) > 9:
            raise ValueError(_("“%(text)s” is not a whole number. Write digits only.") % {"text": text[:40]})
        return int(text)


class Amount(Optional):
    """A decimal number, digits as written."""

    def read(self, text: str, row: Mapping[str, Any]) -> Decimal:
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or len(text) > 20:
            raise ValueError(_("“%(text)s” is not a number. Write it like 1.25.") % {"text": text[:40]})
        return number


class Day(Optional):
    """A day, 2026-10-01."""

    def read(self, text: str, row: Mapping[str, Any]) -> date:
        try:
            return date.fromisoformat(text.removesuffix(" 00:00:00"))
        except ValueError:
            raise ValueError(
                _("“%(text)s” is not a day. Write it like 2026-10-01.") % {"text": text[:40]}
            ) from None


class MonthCell(Optional):
    """A month, 2026-10; kept as its first day."""

    def read(self, text: str, row: Mapping[str, Any]) -> date:
        try:
            found = date.fromisoformat(f"{text[:7]}-01")
        except ValueError:
            found = None
        if found is None or text[7:] not in ("", "-01", "-01 00:00:00"):
            raise ValueError(_("“%(text)s” is not a month. Write it like 2026-10.") % {"text": text[:40]})
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value.strftime("%Y-%m") if value else None


class Truth(Optional):
    """Yes or no."""

    def read(self, text: str, row: Mapping[str, Any]) -> bool:
        if text.casefold() not in YES + NO:
            raise ValueError(_("“%(text)s” is neither yes nor no.") % {"text": text[:40]})
        return text.casefold() in YES

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return _("yes") if value else _("no")


class Choice(Cell):
    """One of a list, by its code or its word in any language."""

    def __init__(self, choices: type[models.TextChoices]) -> None:
        super().__init__()
        self.choices = choices

    def read(self, text: str, row: Mapping[str, Any]) -> str:
        known = {
            word.casefold(): value
            for value in self.choices.values
            for word in (value, *in_all(self.choices(value).label))
        }
        if text.casefold() not in known:
            words = ", ".join(str(label) for label in self.choices.labels)
            raise ValueError(_("“%(text)s” is none of: %(words)s.") % {"text": text[:40], "words": words})
        return known[text.casefold()]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(self.choices(value).label) if value else ""


class Code(Optional):
    """A row of the alliance by its code; `beside` is the column that holds the code of its institution."""

    def __init__(self, model: type[models.Model], beside: str = "") -> None:
        super().__init__()
        self.model, self.beside, self.known = model, beside, {}

    def load(self, member: Membership) -> None:
        """Read, once a file, what the member may name."""
        rows = self.model._default_manager.all()
        own = "pk" if self.model is Institution else "institution"
        if member.institution_id is not None:
            rows = rows.filter(**{own: member.institution_id})
        rows = rows.select_related("institution") if self.beside else rows
        self.known = {(row.institution.code if self.beside else "", row.code): row for row in rows}

    def read(self, text: str, row: Mapping[str, Any]) -> Any:
        place = str(row.get(self.beside) or "").strip() if self.beside else ""
        if (place, text) not in self.known:
            what = self.model._meta.verbose_name
            raise ValueError(
                _("There is no %(what)s %(code)s here. Enter it first, or correct the code.")
                % {"what": what, "code": text[:40]}
            )
        return self.known[place, text]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.code if value else ""


def column(name: str, cell: widgets.Widget | None = None, **more: Any) -> fields.Field:
    """A column of the sheet that is an attribute of the row."""
    return fields.Field(attribute=name, column_name=name, widget=cell or Cell(), **more)


def in_all(text: Any) -> list[str]:
    """A lazy text in every language of the pages."""
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append(str(text))
    return found


# Resources -----------------------------------------------------------------------
class AllianceResource(resources.ModelResource):
    """One line a row; the alliance is the one in scope, the institution one the member may name."""

    def __init__(self, *, member: Membership, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.member = member
        for one in self.fields.values():
            if isinstance(one.widget, Code):
                one.widget.load(member)

    class Meta:
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        skip_html_diff = True
        use_transactions = True

    def get_queryset(self) -> models.QuerySet[Any]:
        """The rows of the alliance, asked for when needed."""
        return self._meta.model.objects.all()

    def label(self, attribute: str) -> str:
        """The word of a column in the language of the page."""
        return str(self._meta.model._meta.get_field(attribute).verbose_name)

    def headings(self) -> dict[str, str]:
        """Every heading a column may have (its code, its word in any language), to the column."""
        model = self._meta.model._meta
        found = {}
        for name in self.fields:
            for heading in (name, *in_all(model.get_field(name).verbose_name)):
                found[heading.casefold()] = name
        return found

    def get_instance(self, instance_loader: Any, row: Any) -> Any:
        """The stored row of the natural key; a key that cannot be read is reported with its column later."""
        try:
            return super().get_instance(instance_loader, row)
        except ValueError:
            return None

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Nothing: ids come from the database alone, so no sequence has to be moved behind them."""

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        """Store one row; what the database refuses leaves the other rows alone."""
        with transaction.atomic():
            super().do_instance_save(instance, is_create)


class InstitutionResource(AllianceResource):
    """Institutions by code."""

    code, organisation, name, short_name = (
        column(one) for one in ("code", "organisation", "name", "short_name")
    )
    level = column("level", Choice(Institution.Level))
    kind = column("kind", Choice(Institution.Kind))
    role = column("role", Choice(Institution.Role))
    parent = column("parent", Code(Institution))
    beds, served_population = (column(one, Number(), default=0) for one in ("beds", "served_population"))
    is_active = column("is_active", Truth(), default=True)

    class Meta(AllianceResource.Meta):
        model = Institution
        import_id_fields = ("code",)
        fields = (
            "code", "organisation", "name", "short_name", "level", "kind", "role", "parent", "beds",
            "served_population", "is_active",
        )  # fmt: skip


class DepartmentResource(AllianceResource):
    """Departments by institution and code."""

    institution = column("institution", Code(Institution))
    code, name = column("code"), column("name")
    kind = column("kind", Choice(Department.Kind))
    is_active = column("is_active", Truth(), default=True)

    class Meta(AllianceResource.Meta):
        model = Department
        import_id_fields = ("institution", "code")
        fields = ("institution", "code", "name", "kind", "is_active")


class StaffResource(AllianceResource):
    """Staff by institution and staff number."""

    institution = column("institution", Code(Institution))
    department = column("department", Code(Department, beside="institution"))
    code, name = column("code"), column("name")
    kind = column("kind", Choice(Staff.Kind))
    title = column("title")
    is_active = column("is_active", Truth(), default=True)

    class Meta(AllianceResource.Meta):
        model = Staff
        import_id_fields = ("institution", "code")
        fields = ("institution", "department", "code", "name", "kind", "title", "is_active")


class RosterResource(AllianceResource):
    """The monthly roster: month, person (number at the institution of the line), department."""

    month = column("month", MonthCell())
    institution = column("institution", Code(Institution))
    staff = column("staff", Code(Staff, beside="institution"))
    department = column("department", Code(Department, beside="institution"))
    post_coefficient = column("post_coefficient", Amount())
    share = column("share", Amount(), default=Decimal(1))
    days = column("days", Amount())
    leave_days = column("leave_days", Amount(), default=Decimal(0))
    seconded = column("seconded", Truth(), default=False)
    joined_on, left_on = column("joined_on", Day()), column("left_on", Day())
    employment = column("employment", Choice(RosterRow.Employment))

    class Meta(AllianceResource.Meta):
        model = RosterRow
        import_id_fields = ("month", "institution", "staff", "department")
        fields = (
            "month", "institution", "staff", "department", "post_coefficient", "share", "days", "leave_days",
            "seconded", "joined_on", "left_on", "employment",
        )  # fmt: skip


class CalendarResource(AllianceResource):
    """Calendar days by date."""

    date = column("date", Day())
    is_workday = column("is_workday", Truth())
    note, source = column("note"), column("source")
    official = column("official", Truth(), default=True)

    class Meta(AllianceResource.Meta):
        model = WorkCalendarDay
        import_id_fields = ("date",)
        fields = ("date", "is_workday", "note", "official", "source")
