"""The list of approvals: columns and saved views."""

# django-tables2 carries no types: its calls are not judged here.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import django_tables2 as tables
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals import names, registry
from alliance.approvals.models import Approval
from alliance.models import Membership
from alliance.templatetags.xietong import CHIP_ICONS
from alliance.web import lists, words
from alliance.web.parts import Tab

VIEWS = ("waiting", "open", "mine", "all")
CHIPS = {"open": "info", "approved": "ok", "declined": "late", "withdrawn": ""}


def state_chip(approval: Approval) -> SafeString:
    """The state of an approval as a chip."""
    kind = CHIPS[approval.state]
    context = {"kind": kind, "text": approval.get_state_display(), "icon": CHIP_ICONS.get(kind, "")}
    return mark_safe(render_to_string("_chip.html", context))  # noqa: S308 (the template escapes)


class ApprovalTable(lists.Table):
    """One line an approval."""

    subject = tables.Column(
        verbose_name=gettext_lazy("subject"), linkify=("approval", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    kind = tables.Column(verbose_name=gettext_lazy("kind"))
    step = tables.Column(verbose_name=gettext_lazy("step"))
    proposed_by = tables.Column(verbose_name=gettext_lazy("proposed by"), accessor="proposed_by__user")
    proposed_at = tables.Column(verbose_name=gettext_lazy("proposed at"))

    def render_subject(self, record: Approval) -> str:
        return record.title

    def render_state(self, record: Approval) -> SafeString:
        return state_chip(record)

    def render_kind(self, record: Approval) -> str:
        return registry.name(record.kind)

    def render_step(self, record: Approval) -> str:
        return f"{record.step}/{len(record.steps)} {names.of_step(record.current)}"

    def render_proposed_at(self, record: Approval) -> str:
        return words.moment(record.proposed_at)


def rows_of(membership: Membership, view: str) -> QuerySet[Approval]:
    """The approvals of a saved view, narrowed to what the member may know; newest first."""
    seen: QuerySet[Approval] = Approval.objects.seen_by(membership).order_by("-pk")
    seen = seen.select_related("proposed_by__user")
    if view == "open":
        return seen.filter(state=Approval.State.OPEN)
    return seen.filter(proposed_by__user=membership.user_id) if view == "mine" else seen


def tabs(view: str, waiting: int) -> list[Tab]:
    """The saved views; what waits for me comes first, with its number."""
    labels = {
        "waiting": _("Waiting for me"),
        "open": _("All that wait"),
        "mine": _("Proposed by me"),
        "all": _("All"),
    }
    return [
        Tab(
            label, f"{reverse('approvals')}?view={code}", code == view, waiting if code == "waiting" else None
        )
        for code, label in labels.items()
    ]
