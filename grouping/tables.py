"""Columns of the lists of this room: delivered files, bad rows, cases, schemes."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import OuterRef, QuerySet, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alliance.lib.identity import mask_name
from alliance.models import Department, Job
from alliance.templatetags.xietong import CHIP_ICONS
from alliance.web import lists, words
from grouping import texts, visible
from grouping.models import BadRow, Case, CaseFile, GroupedCase, Scheme

FILE_CHIPS = {"received": "info", "checked": "warn", "refused": "late", "published": "ok", "discarded": ""}
STATUS_CHIPS = {"grouped": "ok", "adrg_only": "warn", "ambiguous": "warn", "ungroupable": "late"}
GONE = {Job.State.FAILED, Job.State.DEAD}


def chip(kind: str, text: str, icon: str = "") -> SafeString:
    """A chip as in templates."""
    context = {"kind": kind, "text": text, "icon": icon or CHIP_ICONS.get(kind, "")}
    return SafeString(render_to_string("_chip.html", context))


def file_chip(file: CaseFile) -> SafeString:
    """The state of a delivered file; while it is checked, how far."""
    if file.state == CaseFile.State.RECEIVED and file.job is not None:
        if file.job.state in GONE:
            return chip("late", _("check stopped"), "alert")
        percent = file.job.percent
        return chip("info", _("checking") if percent is None else f"{_('checking')} {percent}%", "refresh")
    if file.state == CaseFile.State.CHECKED and not file.rows_bad:
        return chip("info", str(texts.FILE_STATES[file.state]))
    icon = "alert" if file.state == CaseFile.State.REFUSED else ""
    return chip(FILE_CHIPS[file.state], str(texts.FILE_STATES[file.state]), icon)


def months_of(file: CaseFile) -> str:
    """The months of a file's rows: 2026-10, 2026-11."""
    return ", ".join(sorted({str(entry["month"]) for entry in file.months})) or words.DASH


class FileTable(lists.Table):
    """One line a delivery."""

    name = tables.Column(
        verbose_name=gettext_lazy("file"), accessor="attachment__shown_name",
        linkify=("case-file", [tables.A("pk")]), attrs=lists.HEAD,
    )  # fmt: skip
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    institution = tables.Column(verbose_name=gettext_lazy("institution"), empty_values=())
    months = tables.Column(verbose_name=gettext_lazy("month"), empty_values=())
    rows_read = tables.Column(verbose_name=gettext_lazy("rows"), attrs=lists.NUMBER)
    rows_bad = tables.Column(verbose_name=gettext_lazy("bad rows"), attrs=lists.NUMBER)
    received_at = tables.Column(verbose_name=gettext_lazy("delivered"), attrs=lists.DESK, orderable=True)

    class Meta(lists.Table.Meta):
        sequence = ("name", "state", "institution", "months", "rows_read", "rows_bad", "received_at")

    def render_state(self, record: CaseFile) -> SafeString:
        return file_chip(record)

    def render_institution(self, record: CaseFile) -> str:
        if record.institution is not None:
            return record.institution.short_name or record.institution.name
        number = len({entry["institution"] for entry in record.months})
        return ngettext("%(n)d institution", "%(n)d institutions", number) % {"n": number}

    def render_months(self, record: CaseFile) -> str:
        return months_of(record)

    def render_rows_read(self, value: int) -> str:
        return words.num(value)

    def render_rows_bad(self, record: CaseFile, value: int) -> SafeString | str:
        return format_html('<span class="bad-t">{}</span>', words.num(value)) if value else "0"

    def render_received_at(self, record: CaseFile) -> str:
        return f"{words.moment(record.received_at)} {record.received_by.user}"


class BadRowTable(lists.Table):
    """One line an error: where, what stands there, what to do."""

    line = tables.Column(
        verbose_name=gettext_lazy("line"), attrs=lists.KEY, orderable=True, order_by=("line", "pk")
    )
    record = tables.Column(verbose_name=gettext_lazy("record number"), empty_values=(), attrs=lists.HEAD)
    column = tables.Column(verbose_name=gettext_lazy("field"), empty_values=())
    value = tables.Column(verbose_name=gettext_lazy("in the file"), empty_values=())
    code = tables.Column(verbose_name=gettext_lazy("cause"))
    message = tables.Column(verbose_name=gettext_lazy("what to do"), attrs=lists.WRAP)

    class Meta(lists.Table.Meta):
        sequence = ("line", "record", "column", "value", "code", "message")

    def render_record(self, record: BadRow) -> str:
        return str(record.raw.get("A48", words.DASH))

    def render_column(self, record: BadRow) -> SafeString | str:
        if not record.column:
            return words.DASH
        name = texts.column_name(record.column)
        return format_html('{} <span class="xs faint">{}</span>', name, texts.heading(record))

    def render_value(self, record: BadRow) -> SafeString:
        return format_html('<span class="code">{}</span>', record.value or _("(empty)"))

    def render_code(self, value: str) -> str:
        return texts.kind_word(value)

    def render_message(self, record: BadRow) -> str:
        return texts.bad_sentence(record, texts.language())


class CaseTable(lists.Table):
    """One line a case; names masked, because lists stand open on shared screens."""

    record_no = tables.Column(verbose_name=gettext_lazy("record number"), attrs=lists.HEAD, orderable=True)
    drg = tables.Column(verbose_name=gettext_lazy("group"), empty_values=(), attrs=lists.KEY, orderable=True)
    patient = tables.Column(verbose_name=gettext_lazy("patient"), empty_values=())
    institution = tables.Column(verbose_name=gettext_lazy("institution"), accessor="institution__short_name")
    department = tables.Column(
        verbose_name=gettext_lazy("department"), accessor="department_name", empty_values=()
    )
    discharged_at = tables.Column(verbose_name=gettext_lazy("discharged"), orderable=True)
    stay_days = tables.Column(verbose_name=gettext_lazy("days"), attrs=lists.NUMBER, orderable=True)
    total_fen = tables.Column(
        verbose_name=gettext_lazy("total charge (yuan)"), attrs=lists.NUMBER, orderable=True
    )
    weight = tables.Column(verbose_name=gettext_lazy("weight"), empty_values=(), attrs=lists.NUMBER)

    class Meta(lists.Table.Meta):
        sequence = (
            "record_no", "drg", "patient", "institution", "department", "discharged_at", "stay_days",
            "total_fen", "weight",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Roles that open no case see no patient; an institution's own list names no institution."""
        super().__init__(*args, **kwargs)
        membership = self.request.membership
        self.links = visible.sees_patients(membership)
        if not self.links:
            self.columns.hide("patient")
        if membership.institution_id is not None:
            self.columns.hide("institution")

    def render_record_no(self, record: Case) -> SafeString | str:
        return case_link(record) if self.links else str(record)

    def render_drg(self, record: Any) -> SafeString:
        return group_chip(record)

    def render_patient(self, record: Case) -> str:
        return f"{mask_name(record.person.name)} {texts.SEXES.get(record.sex, '')} {record.age}"

    def render_department(self, record: Any) -> str:
        return record.department_name or record.department_code

    def render_discharged_at(self, record: Case) -> str:
        return words.day(record.discharged_at)

    def render_total_fen(self, value: int) -> str:
        return words.yuan(value)

    def render_weight(self, record: Any) -> str:
        return plain_weight(record.weight)


def case_link(case: Case) -> SafeString:
    """The record number, leading to the case."""
    return format_html('<a href="{}">{}</a>', reverse("case", args=[case.pk]), str(case))


def plain_weight(weight: Any) -> str:
    """A weight with four decimals, more where the scheme has them; the column adds zeros that it does not."""
    if weight is None:
        return words.DASH
    whole, _point, decimals = f"{weight:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<4}"


def group_chip(case: Any) -> SafeString:
    """The group of a case annotated by facts.with_group; what is not grouped says so."""
    if case.voided_at is not None:
        return chip("", _("void"), "ban")
    if case.group_status is None:
        return chip("prov", _("not yet grouped"))
    if case.group_status == GroupedCase.Status.GROUPED:
        return format_html("{}", case.drg)
    label = GroupedCase.Status(case.group_status).label
    return format_html("{} {}", case.drg, chip(STATUS_CHIPS[case.group_status], str(label)))


def with_department(found: QuerySet[Case]) -> QuerySet[Case]:
    """Annotate the name of the department of discharge; None where the code is not maintained."""
    rooms = Department.objects.filter(
        institution=OuterRef("institution_id"), code=OuterRef("department_code")
    )
    return found.annotate(department_name=Subquery(rooms.values("name")[:1]))


class SchemeTable(lists.Table):
    """Schemes by their first day."""

    name = tables.Column(
        verbose_name=gettext_lazy("scheme"), linkify=("scheme", [tables.A("pk")]), attrs=lists.HEAD
    )
    from_date = tables.Column(verbose_name=gettext_lazy("in force from"), attrs=lists.KEY)
    version = tables.Column(verbose_name=gettext_lazy("version"))
    code = tables.Column(verbose_name=gettext_lazy("code"))
    illustrative = tables.Column(verbose_name=gettext_lazy("use"))

    class Meta(lists.Table.Meta):
        sequence = ("name", "from_date", "version", "code", "illustrative")

    def render_from_date(self, value: Any) -> str:
        return value.isoformat()

    def render_illustrative(self, record: Scheme) -> SafeString:
        return chip("prov", _("illustrative")) if record.illustrative else chip("ok", _("for payment"))
