"""What waits for a second person: papers to release, what the public is to read."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from performance.models import Disclosure, DisclosureSwitch, Paper
from performance.models.papers import LEAD, SECOND


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Three queries for who releases, none for others."""
    if membership.institution_id is not None or not membership.can(SECOND):
        return []
    found = []
    drafts = Paper.objects.filter(state=Paper.State.DRAFT).exclude(edited_by__user=membership.user_id)
    if number := drafts.count():
        found.append(Todo(
            "info", ngettext("%(n)d paper to read and release", "%(n)d papers to read and release", number)
            % {"n": number},
            _("Bulletins, notices and minutes are released by a second person."),
            f"{reverse('papers')}?state=draft", None, number,
        ))  # fmt: skip
    entered = sum(
        model.objects.filter(confirmed_at=None).exclude(entered_by__user=membership.user_id).count()
        for model in (Disclosure, DisclosureSwitch)
    )
    if entered and membership.can(LEAD):
        found.append(Todo(
            "info", ngettext("%(n)d entry for the public waits for a second person",
                             "%(n)d entries for the public wait for a second person", entered)
            % {"n": entered},
            _("Read the figures as the public will, then confirm."), reverse("disclosure"), None, entered,
        ))  # fmt: skip
    return found
