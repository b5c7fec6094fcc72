"""Approvals in the inbox: each one this member can act on now."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.approvals import facts, names, registry
from alliance.models import Membership
from alliance.services.inbox import Todo


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """One line for each approval that waits for the member; none without the right to look at approvals."""
    if not membership.can("approval.view"):
        return []
    return [
        Todo(
            "info",
            f"{registry.name(approval.kind)} · {approval.title}",
            _("Step %(name)s, proposed by %(by)s")
            % {"name": names.of_step(approval.current), "by": approval.proposed_by.user},
            reverse("approval", args=[approval.pk]),
            button=_("Decide"),
        )
        for approval in facts.waiting_for(membership)
    ]
