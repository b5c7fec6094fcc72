"""What waits for whom: letters to sign, check and countersign, values asked for, proposals to vote on."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from performance.consequences import show_signing
from performance.models import Consequence, EarlierYear, Interview, Letter
from performance.models.consequences import PROPOSE
from performance.models.letters import FILE, RUN, SIGN

State = Letter.State


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Six queries at most."""
    found: list[Todo] = []
    if membership.institution_id is not None:
        return _own(membership)
    if membership.can(RUN):
        found += [*_office(membership), *_unsigned(now)]
    if membership.can(PROPOSE):
        found += [*_proposals(), *_interviews(membership, now), *_earlier(membership)]
    return found


def _own(membership: Membership) -> list[Todo]:
    """Letters to sign, and promises at risk."""
    if not membership.can(SIGN) and not membership.can(FILE):
        return []
    rows = Letter.objects.filter(
        institution=membership.institution_id, state__in=[State.OFFERED, State.IN_FORCE]
    )
    found = []
    for row in rows.select_related("institution"):
        url = reverse("letter", args=[row.pk])
        if row.state == State.OFFERED:
            found.append(Todo(
                "warn", _("Sign the commitment letter of %(year)s") % {"year": row.year},
                _("Read the promises; the legal representative signs here or on paper."), url,
                button=_("Read"),
            ))  # fmt: skip
            continue
        risky = sum(one["standing"] == "at_risk" for one in row.progress or [])
        if risky:
            found.append(Todo(
                "warn", ngettext("%(n)d promise of %(year)s is at risk",
                                 "%(n)d promises of %(year)s are at risk", risky)
                % {"n": risky, "year": row.year},
                _("The forecast of the year stays below what the letter promises."), url, None, risky,
            ))  # fmt: skip
    return found


def _unsigned(now: datetime) -> list[Todo]:
    """Members that have not signed the letter of the year, in one line; two queries."""
    year = timezone.localdate(now).year
    if not (count := show_signing.unsigned(year)):
        return []
    what = ngettext(
        "%(n)d member has not signed the letter of %(year)s",
        "%(n)d members have not signed the letter of %(year)s", count,
    )  # fmt: skip
    why = _("The letters of a year are signed at its beginning.")
    url = reverse("letter-year", args=[year])
    return [Todo("warn", what % {"n": count, "year": year}, why, url, None, count, _("Look who"))]


def _office(membership: Membership) -> list[Todo]:
    """Scans to check, letters to countersign, years with values nobody knows."""
    rows = Letter.objects.filter(state__in=[State.PAPER, State.SIGNED, State.IN_FORCE])
    found = []
    for row in rows.select_related("institution", "paper_by"):
        url = reverse("letter", args=[row.pk])
        named = {"name": row.institution.short_name, "year": row.year}
        own = row.paper_by is not None and row.paper_by.user_id == membership.user_id
        if row.state == State.PAPER and not own:
            what = _("A signed letter on paper waits for its check: %(name)s %(year)s") % named
            found.append(Todo("info", what, row.document, url, button=_("Check")))
        elif row.state == State.SIGNED:
            what = _("A signed letter waits to be countersigned: %(name)s %(year)s") % named
            found.append(Todo("info", what, row.signed_name, url))
        elif row.state == State.IN_FORCE and _asks(row):
            what = _("A letter of a past year cannot be judged yet: %(name)s %(year)s") % named
            found.append(Todo("warn", what, _("Values are missing; they never count as broken."), url))
    return found


def _asks(row: Letter) -> bool:
    """The year was looked at when it was over, and a promise could not be judged."""
    looked = row.progress_at is not None and row.progress_at.year > row.year
    return looked and any(one["standing"] == "unknown" for one in row.progress or [])


def _interviews(membership: Membership, now: datetime) -> list[Todo]:
    """Interviews the member is to hold."""
    rows = Interview.objects.filter(owner__user=membership.user_id, state=Interview.State.PLANNED)
    today = timezone.localdate(now)
    return [
        Todo(
            "late" if row.due_on < today else "warn",
            _("Hold the interview with %(name)s") % {"name": row.institution.short_name},
            _("To be held by %(day)s; enter the minutes and the score that closes it.")
            % {"day": row.due_on},
            reverse("consequence", args=[row.consequence_id]),
        )
        for row in rows.select_related("institution")
    ]  # fmt: skip


def _earlier(membership: Membership) -> list[Todo]:
    """Decisions on earlier years that wait for the member as the second person."""
    rows = EarlierYear.objects.filter(state=EarlierYear.State.ENTERED).exclude(
        entered_by__user=membership.user_id
    )
    return [
        Todo(
            "info", _("A decision on %(year)s waits for its check") % {"year": row.year}, row.document,
            reverse("earlier-year", args=[row.pk]), button=_("Check"),
        )
        for row in rows
    ]  # fmt: skip


def _proposals() -> list[Todo]:
    number = Consequence.objects.filter(state=Consequence.State.OPEN).count()
    if not number:
        return []
    what = ngettext("%(n)d proposal to put to the vote", "%(n)d proposals to put to the vote", number)
    why = _("They follow from the figures; nothing changes before the deciders have agreed.")
    return [Todo("info", what % {"n": number}, why, reverse("consequences"), None, number)]
