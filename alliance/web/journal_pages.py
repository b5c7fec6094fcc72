"""The page of the journal: who did, saw or was refused what; whether its chain holds (walls.md section 5)."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from alliance.models import Job, Journal, JournalHead, Membership
from alliance.services import journal_check
from alliance.web import cells, journal_objects, journal_words, lists, words
from alliance.web.access import permit
from alliance.web.form_fields import served
from alliance.web.parts import Action, Empty

RESULTS = {
    "done": (gettext_lazy("done"), "ok"),
    "denied": (gettext_lazy("refused"), "late"),
    "broken": (gettext_lazy("chain broken"), "late"),
}


class JournalTable(lists.Table):
    """One line an entry."""

    at = tables.Column(verbose_name=gettext_lazy("time"), attrs=lists.HEAD)
    user = tables.Column(verbose_name=gettext_lazy("who"), accessor="user", empty_values=())
    verb = tables.Column(verbose_name=gettext_lazy("action"))
    result = tables.Column(verbose_name=gettext_lazy("result"), attrs=lists.KEY)
    about = tables.Column(verbose_name=gettext_lazy("about"), accessor="about_kind", empty_values=())
    detail = tables.Column(verbose_name=gettext_lazy("detail"), attrs=lists.WRAP)
    address = tables.Column(verbose_name=gettext_lazy("address"), attrs=lists.DESK)
    seal = tables.Column(verbose_name=gettext_lazy("sealed"), attrs=lists.DESK, empty_values=())

    def render_at(self, record: Journal) -> str:
        return timezone.localtime(record.at).strftime("%Y-%m-%d %H:%M:%S")

    def render_user(self, record: Journal) -> str:
        return str(record.user) if record.user else _("the system")

    def render_verb(self, value: str) -> Any:
        return format_html("{} <span class='sub'>{}</span>", journal_words.deed(value), value)

    def render_result(self, value: str) -> Any:
        word, kind = RESULTS.get(value, (value, ""))
        return cells.chip(kind, word)

    def render_about(self, record: Journal) -> Any:
        if not record.about_kind:
            return words.DASH
        found = self.things[record.about_kind, record.about_id]
        return format_html('<a href="{}">{}</a>', found.url, found.text) if found.url else found.text

    @cached_property
    def things(self) -> dict[journal_objects.Key, journal_objects.Named]:
        """What the entries of this page are about, by kind and number."""
        keys = [(row.record.about_kind, row.record.about_id) for row in self.paginated_rows]
        return journal_objects.named([key for key in keys if key[0]], self.request.membership)

    def render_detail(self, value: dict[str, Any]) -> str:
        return journal_words.detail_text(value)

    def render_seal(self, record: Journal) -> str:
        return words.DASH if record.seal is None else bytes(record.seal).hex()[:8]


class JournalFilter(django_filters.FilterSet):
    """Conditions: who, what, with what result, on which days, about what."""

    user = django_filters.CharFilter(field_name="user__username", label=gettext_lazy("sign-in name"))
    verb = django_filters.CharFilter(lookup_expr="startswith", label=gettext_lazy("action begins with"))
    result = django_filters.ChoiceFilter(
        choices=[(code, word) for code, (word, _kind) in RESULTS.items()],
        empty_label=gettext_lazy("any result"),
    )
    first = django_filters.DateFilter(
        method="since",
        validators=[served],
        label=gettext_lazy("from day"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    last = django_filters.DateFilter(
        method="until",
        validators=[served],
        label=gettext_lazy("to day"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    about = django_filters.CharFilter(field_name="about_kind", label=gettext_lazy("about (kind)"))
    number = django_filters.NumberFilter(
        field_name="about_id", label=gettext_lazy("about (number)"), min_value=1, max_value=2**63 - 1
    )

    class Meta:
        model = Journal
        fields: list[str] = []

    def since(self, rows: QuerySet[Journal], name: str, day: Any) -> QuerySet[Journal]:
        """From the beginning of a day."""
        return rows.filter(at__gte=timezone.make_aware(datetime.combine(day, time.min)))

    def until(self, rows: QuerySet[Journal], name: str, day: Any) -> QuerySet[Journal]:
        """To the end of a day."""
        return rows.filter(at__lte=timezone.make_aware(datetime.combine(day, time.max)))


def seen_by(membership: Membership) -> QuerySet[Journal]:
    """For the whole alliance all entries, else those of the own institution's members."""
    rows = Journal.objects.select_related("user")
    if membership.institution_id is None:
        return rows
    return rows.filter(membership__institution=membership.institution_id)


@permit("journal.view")
@require_safe
def journal_list(request: Any) -> HttpResponseBase:
    """The entries, newest first, with the end of the chain."""
    head = JournalHead.objects.first()
    last = Job.objects.filter(kind=journal_check.KIND).first()
    actions = [Action(_("Check the chain"), reverse("journal-verify"), "shield")]
    return lists.answer(
        request, "alliance/journal.html", seen_by(request.membership), JournalTable, filterset=JournalFilter,
        empty=Empty(_("Nothing is journaled yet")),
        extra={"title": _("Journal"), "head": head, "seal": bytes(head.seal).hex() if head else "",
               "last_check": last, "actions": actions},
    )  # fmt: skip


@permit("journal.view")
@require_POST
def journal_verify(request: Any) -> HttpResponseBase:
    """Check the whole chain as a job."""
    return redirect("job", journal_check.start(by=request.membership).pk)
