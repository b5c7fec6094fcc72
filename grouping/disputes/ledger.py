"""The ledger of disputes (X4): one row a dispute, from filing to what settled it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.sheets import Cell
from alliance.models import Membership
from alliance.web import words
from grouping.disputes import show
from grouping.models import Dispute


def rows(membership: Membership, now: datetime) -> list[list[Cell]]:
    """Header and rows, oldest first, at most EXPORT_MOST_ROWS; two queries."""
    given = Count("opinions", filter=Q(opinions__expert__recused_at=None))
    found = Dispute.objects.visible_to(membership).annotate(given=given).order_by("pk")
    known = found.select_related("scheme", "institution", "settled_in", "filed_by__user")
    head: list[Cell] = [
        pgettext("dispute", "number"), _("about"), _("code"), _("scheme"), _("institution"), _("raised by"),
        _("how it came"), _("filed"), _("answer due"), _("state"), _("late"), _("opinions"), _("answered"),
        _("answer"), _("settled"), _("what settled it"), _("why nothing changes"), _("joined to"),
    ]  # fmt: skip
    return [head, *(_row(row, now) for row in known[: settings.EXPORT_MOST_ROWS])]


def _row(row: Dispute, now: datetime) -> list[Cell]:
    owed = row.state in (Dispute.State.OPEN, Dispute.State.STUDIED)
    late = (now if owed else row.answered_at or now) >= row.due_at and row.state != Dispute.State.MERGED
    return [
        row.pk, str(row.get_about_display()), row.code, show.thing(row),
        str(row.institution or ""), row.raised_by or str(row.filed_by.user), str(row.get_way_display()),
        words.moment(row.filed_at), words.until(row.due_at), row.state_words,
        _("yes") if late else _("no"), row.given, words.moment(row.answered_at) if row.answered_at else "",
        row.answer, words.moment(row.settled_at) if row.settled_at else "", show.settled_by(row),
        row.unchanged, row.merged_into_id or "",
    ]  # fmt: skip
