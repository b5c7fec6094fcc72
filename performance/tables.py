"""Lists of this room: months, and the cases and referrals behind a figure."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.lib.identity import mask_name
from alliance.templatetags.xietong import chip
from alliance.web import lists, words
from alliance.web.access import way
from performance.show import labels

STATUS = {
    "grouped": ("ok", gettext_lazy("grouped")),
    "adrg_only": ("warn", gettext_lazy("ADRG only")),
    "ambiguous": ("warn", gettext_lazy("ambiguous")),
    "ungroupable": ("warn", gettext_lazy("ungrouped")),
    None: ("stale", gettext_lazy("not grouped yet")),
}


def small(kind: str, text: str) -> SafeString:
    """A chip in a cell."""
    from django.template.loader import render_to_string

    return SafeString(render_to_string("_chip.html", chip(kind, text)))


class MonthTable(lists.Table):
    """One line a month."""

    month = tables.Column(verbose_name=gettext_lazy("month"), attrs=lists.HEAD)
    state = tables.Column(verbose_name=gettext_lazy("state"), empty_values=())
    count = tables.Column(verbose_name=gettext_lazy("institutions"), attrs=lists.NUMBER)
    pool = tables.Column(verbose_name=gettext_lazy("pool (yuan)"), attrs=lists.KEY)
    computed = tables.Column(verbose_name=gettext_lazy("computed"), attrs=lists.DESK)
    digest = tables.Column(verbose_name=gettext_lazy("digest of the result"), attrs=lists.DESK)

    class Meta(lists.Table.Meta):
        pass

    def render_month(self, record: Any) -> SafeString:
        url = reverse("month", args=[str(record.month)])
        return format_html('<a href="{}">{}</a>', url, words.month(record.month))

    def render_state(self, record: Any) -> SafeString:
        if record.run is None:
            return small("", _("not begun"))
        return small(**labels.chip(record.run))

    def render_pool(self, value: int) -> str:
        return words.yuan(value)

    def render_computed(self, value: Any) -> str:
        return words.moment(value)

    def render_digest(self, value: str) -> SafeString:
        return format_html('<span class="code">{}…{}</span>', value[:4], value[-4:])


class CaseTable(lists.Table):
    """The cases behind a figure; names masked."""

    record_no = tables.Column(verbose_name=gettext_lazy("record"), attrs=lists.HEAD)
    discharged_at = tables.Column(verbose_name=gettext_lazy("discharged"))
    person = tables.Column(verbose_name=gettext_lazy("patient"))
    diagnoses = tables.Column(verbose_name=gettext_lazy("principal diagnosis"))
    drg = tables.Column(verbose_name=gettext_lazy("group"))
    group_status = tables.Column(verbose_name=gettext_lazy("outcome"), empty_values=())
    weight = tables.Column(verbose_name=gettext_lazy("weight"), attrs=lists.NUMBER)
    stay_days = tables.Column(verbose_name=gettext_lazy("days"), attrs=lists.NUMBER)
    total_fen = tables.Column(verbose_name=gettext_lazy("cost (yuan)"), attrs=lists.KEY)

    class Meta(lists.Table.Meta):
        pass

    def render_record_no(self, record: Any) -> SafeString:
        text = f"{record.record_no}/{record.visit_no}"
        url = way(self.request.membership, "case", record.pk)
        return format_html('<a href="{}">{}</a>', url, text) if url else format_html("{}", text)

    def render_discharged_at(self, value: Any) -> str:
        return words.day(value)

    def render_person(self, record: Any) -> str:
        return _("%(name)s, %(age)d years") % {"name": mask_name(record.person.name), "age": record.age}

    def render_diagnoses(self, value: list[str]) -> str:
        return value[0] if value else words.DASH

    def render_group_status(self, record: Any) -> SafeString:
        kind, word = STATUS[record.group_status]
        return small(kind, str(word))

    def render_weight(self, value: Any) -> str:
        return words.num(value, 4)

    def render_total_fen(self, value: int) -> str:
        return words.yuan(value)


class ReferralTable(lists.Table):
    """The referrals behind a figure; names masked."""

    number = tables.Column(verbose_name=gettext_lazy("referral number"), attrs=lists.HEAD)
    direction = tables.Column(verbose_name=gettext_lazy("direction"))
    person = tables.Column(verbose_name=gettext_lazy("patient"))
    origin_institution = tables.Column(
        verbose_name=gettext_lazy("sent from"), accessor="origin_institution__short_name"
    )
    target_institution = tables.Column(
        verbose_name=gettext_lazy("sent to"), accessor="target_institution__short_name"
    )
    logged_at = tables.Column(verbose_name=gettext_lazy("logged"))
    answered_at = tables.Column(verbose_name=gettext_lazy("answered"))
    arrived_at = tables.Column(verbose_name=gettext_lazy("arrived"))
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)

    class Meta(lists.Table.Meta):
        pass

    def render_number(self, record: Any) -> SafeString:
        url = way(self.request.membership, "referral", record.pk)
        if not url:
            return format_html("{}", record.number)
        return format_html('<a href="{}">{}</a>', url, record.number)

    def render_direction(self, record: Any) -> str:
        return str(record.get_direction_display())

    def render_person(self, record: Any) -> str:
        return mask_name(record.person.name)

    def render_logged_at(self, value: Any) -> str:
        return words.moment(value)

    def render_answered_at(self, record: Any, value: Any) -> SafeString:
        moment = words.moment(value)
        if record.is_late:
            return format_html("{} {}", moment, small("late", _("late")))
        return format_html("{}", moment)

    def render_arrived_at(self, value: Any) -> str:
        return words.moment(value)

    def render_state(self, record: Any) -> str:
        return str(record.get_state_display())
