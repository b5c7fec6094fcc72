"""What the pages of disputes show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.models import Membership
from alliance.services import journal
from alliance.web import lists, parts, words
from grouping.disputes import elsewhere, forms, panel_show, services
from grouping.engine.rows import Scheme as Package
from grouping.models import Dispute
from grouping.tables import chip

CHIPS = {"open": "warn", "studied": "info", "answered": "ok", "settled": "ok", "merged": ""}
SETTLED_SHOWN = 20  # on the page of a version
STEPS = {
    "study": (gettext_lazy("Study it"), "search"),
    "reply": (gettext_lazy("Answer"), "msg"),
    "settle": (gettext_lazy("Settle it"), "ok"),
    "merge": (gettext_lazy("Join to another"), "link"),
}


class DisputeTable(lists.Table):
    """One line a dispute."""

    code = tables.Column(
        verbose_name=gettext_lazy("code"), linkify=("dispute", [tables.A("pk")]), attrs=lists.HEAD
    )
    state = tables.Column(verbose_name=gettext_lazy("state"), attrs=lists.KEY)
    about = tables.Column(verbose_name=gettext_lazy("about"))
    scheme = tables.Column(verbose_name=gettext_lazy("scheme"), accessor="about_what")
    text = tables.Column(verbose_name=gettext_lazy("what is wrong and why"), attrs=lists.WRAP)
    institution = tables.Column(verbose_name=gettext_lazy("institution"), accessor="institution__name")
    filed_at = tables.Column(verbose_name=gettext_lazy("filed"))

    def render_state(self, record: Dispute) -> SafeString:
        return state_chip(record, timezone.now())

    def render_scheme(self, record: Dispute, value: str) -> str:
        """An indicator is of no scheme: its code stands in the first column already."""
        return words.DASH if value == record.code else value

    def render_text(self, value: str) -> str:
        return value if len(value) <= 80 else f"{value[:80]}…"

    def render_filed_at(self, value: datetime) -> str:
        return words.day(value)


class SettledTable(lists.Table):
    """One line a settled dispute: the question, the answer, what changed; never who asked."""

    code = tables.Column(verbose_name=gettext_lazy("code"), attrs=lists.HEAD)
    about = tables.Column(verbose_name=gettext_lazy("about"))
    scheme = tables.Column(verbose_name=gettext_lazy("scheme"), accessor="pk")
    text = tables.Column(verbose_name=gettext_lazy("what is wrong and why"), attrs=lists.WRAP)
    answer = tables.Column(verbose_name=gettext_lazy("answer"), attrs=lists.WRAP)
    outcome = tables.Column(verbose_name=gettext_lazy("what became of it"), accessor="pk", attrs=lists.WRAP)
    settled_at = tables.Column(verbose_name=gettext_lazy("settled"))

    def render_scheme(self, record: Dispute) -> str:
        return thing(record)

    def render_outcome(self, record: Dispute) -> str:
        by = settled_by(record)
        return _("Changed in %(version)s") % {"version": by} if by else record.unchanged

    def render_settled_at(self, value: datetime) -> str:
        return words.day(value)


def settled_about(code: str) -> list[Dispute]:
    """The newest settled disputes about a code, for who is about to ask the same."""
    if not code:
        return []
    return _newest(Dispute.objects.closed().filter(code=code))[:3]


def settled_by_scheme(pk: int) -> list[Dispute]:
    """The disputes a version of the grouping scheme settled, newest first: the question and its answer."""
    return _newest(Dispute.objects.closed().filter(settled_in=pk))


def settled_by_digest(digest: str) -> list[Dispute]:
    """The same by the content of the version, wherever it came into force."""
    return _newest(Dispute.objects.closed().filter(settled_in__digest=digest))


def settled_by_thing(kind: str, pk: object) -> list[Dispute]:
    """The same of a version of what stands above."""
    return _newest(Dispute.objects.closed().filter(settled_kind=kind, settled_id=str(pk)))


def _newest(rows: Any) -> list[Dispute]:
    return list(rows.order_by("-settled_at", "-pk")[:SETTLED_SHOWN])


def state_chip(row: Dispute, now: datetime) -> SafeString:
    """The state; one still owed an answer with its limit."""
    label = row.state_words
    if row.state in (Dispute.State.OPEN, Dispute.State.STUDIED):
        late = now >= row.due_at
        return chip("late" if late else CHIPS[row.state], f"{label} · {words.due(row.due_at, now)}")
    return chip(CHIPS[row.state], label)


def known_codes(package: Package) -> frozenset[str]:
    """Every code a dispute may be about."""
    adrgs = [row for rows in package.adrgs.values() for row in rows]
    drgs = [row for rows in package.drgs.values() for row in rows]
    rows = [*package.mdcs, *adrgs, *drgs]
    return frozenset([*(row.code for row in rows), *package.lists])


def page(row: Dispute, membership: Membership, now: datetime) -> dict[str, Any]:
    """Everything of the page of one dispute."""
    return {
        "title": str(row), "dispute": row, "head": row.head, "chip": state_chip(row, now),
        "facts_of": facts(row, membership), "actions": actions(row, membership), "trail": trail(row),
        "joined": row.merged.count(), **panel_show.panel(row, membership),
    }  # fmt: skip


def facts(row: Dispute, membership: Membership) -> list[parts.Fact]:
    """What it is about, who filed it, by when, what settled it."""
    found = [
        parts.Fact(_("about"), f"{row.get_about_display()} {row.code}"),
        parts.Fact(_("scheme"), thing(row)),
        parts.Fact(_("filed by"), str(row.filed_by.user)),
        parts.Fact(_("how it came"), str(row.get_way_display())),
        parts.Fact(_("filed"), words.moment(row.filed_at)),
        parts.Fact(_("answer due"), words.until(row.due_at)),
    ]
    if row.case_id and membership.can("case.view"):
        found.append(parts.Fact(_("case"), str(row.case), reverse("case", args=[row.case_id])))
    if row.evidence_id:
        name = row.evidence.shown_name if row.evidence else ""
        found.append(parts.Fact(_("evidence"), name, reverse("dispute-evidence", args=[row.pk])))
    if row.raised_by:
        found.append(parts.Fact(_("raised by"), row.raised_by))
    if row.merged_into_id:
        found.append(
            parts.Fact(_("joined to"), str(row.merged_into), reverse("dispute", args=[row.merged_into_id]))
        )
    if row.settled_in_id or row.settled_kind:
        found.append(parts.Fact(_("scheme that settled it"), settled_by(row)))
    return found


def thing(row: Dispute) -> str:
    """The scheme, or what stands above by its words."""
    return str(row.scheme) if row.scheme_id else elsewhere.words(row.object_kind, row.object_id)


def settled_by(row: Dispute) -> str:
    """What settled it, in words; "" where nothing changed or it is not settled."""
    return str(row.settled_in) if row.settled_in_id else row.settled_text


def actions(row: Dispute, membership: Membership) -> list[parts.Action]:
    """A button for each step this member may take now; what the service would refuse has none."""
    return [
        parts.Action(
            str(STEPS[step.name][0]), reverse("dispute-act", args=[row.pk, step.name]), STEPS[step.name][1],
            form=None if step.name == "study" else form_of(step.name, row), id=f"act-{step.name}",
        )
        for step in row.steps_for(membership)
        if step.name not in ("reply", "settle") or services.hindered(membership, row, step.name) is None
    ]  # fmt: skip


def form_of(name: str, row: Dispute, data: Any = None) -> Any:
    """The form of a step."""
    if name == "settle":
        return forms.SettleForm(data, dispute=row)
    if name == "merge":
        return forms.MergeForm(data, dispute=row)
    return forms.ReplyForm(data) if name == "reply" else forms.StudyForm(data)


def trail(row: Dispute) -> list[parts.Step]:
    """What happened, newest first."""
    labels = {**dict(Dispute.State.choices), row.state: row.state_words}
    found = [
        parts.Step("yes", str(labels[step.to_state]), "", step.at, str(step.by.user) if step.by else "")
        for step in journal.steps_of(row)
    ]
    return [*found[::-1], parts.Step("yes", _("filed"), "", row.filed_at, str(row.filed_by.user))]
