"""Master data as sheets: what a line means, told apart by natural keys, never by an id (walls.md 4)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models, transaction
from import_export import fields, resources, widgets

from alliance.models import (
    Department,
    Institution,
    Membership,
    RosterRow,
    Staff,
    Team,
    TeamMember,
    WorkCalendarDay,
)
from alliance.sheet_cells import Amount, Cell, Choice, Code, Day, MonthCell, Number, Truth, in_all


def column(name: str, cell: widgets.Widget | None = None, **more: Any) -> fields.Field:
    """A column of the sheet that is an attribute of the row."""
    return fields.Field(attribute=name, column_name=name, widget=cell or Cell(), **more)


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


class TeamResource(AllianceResource):
    """Teams by institution and code."""

    institution = column("institution", Code(Institution))
    code, name = column("code"), column("name")
    kind = column("kind", Choice(Team.Kind), default=Team.Kind.FAMILY_DOCTOR)
    is_active = column("is_active", Truth(), default=True)

    class Meta(AllianceResource.Meta):
        model = Team
        import_id_fields = ("institution", "code")
        fields = ("institution", "code", "name", "kind", "is_active")


class TeamMemberResource(AllianceResource):
    """Members of teams by team, person and first day; an expert's own institution stands in "works for"."""

    institution, home = column("institution", Code(Institution)), column("home", Code(Institution))
    team, staff = (
        column("team", Code(Team, beside="institution")),
        column("staff", Code(Staff, beside="home")),
    )
    role = column("role", Choice(TeamMember.Role))
    leads = column("leads", Truth(), default=False)
    from_date, to_date = column("from_date", Day()), column("to_date", Day())

    class Meta(AllianceResource.Meta):
        model = TeamMember
        import_id_fields = ("institution", "team", "home", "staff", "from_date")
        fields = ("institution", "team", "home", "staff", "role", "leads", "from_date", "to_date")


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
