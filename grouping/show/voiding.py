"""How a case that was reported by mistake 误报 leaves the figures: said on its page, done in its deliveries.

A case is void when a later file of its month lacks it and a second person says, with a reason, that the stay
does not exist (services.publishing.answer_missing). There is no other way to void one.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.web import parts, words
from grouping import visible
from grouping.models import Case, MissingCase


@dataclass(frozen=True)
class Voiding:
    """Who voided the case and why, with the delivery; else the way to do it and the next step of it."""

    said: tuple[parts.Fact, ...] = ()
    way: str = ""
    label: str = ""
    url: str = ""


def panel(case: Case, membership: Membership) -> Voiding:
    """What the page of a case says about voiding; one query about its questions."""
    rows = MissingCase.objects.filter(case=case).select_related("answered_by__user", "file").order_by("-pk")
    if case.voided_at is not None:
        found = rows.filter(answer=MissingCase.Answer.VOIDED).first()
        return Voiding((_said(found, membership),)) if found is not None else Voiding()
    asked = rows.filter(answer=MissingCase.Answer.OPEN).first()
    if asked is not None and visible.opens(membership, [asked.file_id]):
        return Voiding(
            way=_("A later file of the month lacks this case. Say whether it was entered by mistake."),
            label=_("Answer in the delivery"), url=_question(asked),
        )  # fmt: skip
    way = _(
        "Delete it in the hospital's system and deliver the month's file again, without it. The case is then "
        "asked about, and a second person voids it with a reason. It leaves all figures, stays readable, and "
        "months already posted say what changed."
    )
    may = membership.can("case_file.receive")
    return Voiding(
        way=way,
        label=_("Deliver the corrected file") if may else "",
        url=reverse("case-file-upload") if may else "",
    )


def _said(row: MissingCase, membership: Membership) -> parts.Fact:
    text = _("%(at)s by %(by)s: %(reason)s") % {
        "at": words.moment(row.answered_at), "by": row.answered_by.user if row.answered_by else "",
        "reason": row.reason,
    }  # fmt: skip
    return parts.Fact(text, url=_question(row) if visible.opens(membership, [row.file_id]) else "")


def _question(row: MissingCase) -> str:
    return f"{reverse('case-file', args=[row.file_id])}#missing"
