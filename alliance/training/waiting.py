"""What waits for whom: sessions to close, payments for the second person; how far the year's hours are."""

from __future__ import annotations

from datetime import date, datetime, time

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services import parameters
from alliance.services.inbox import Figure, Todo
from alliance.training import policy
from alliance.training.facts import hours_of
from alliance.training.models import Session, Spending, seen_by
from alliance.web import words


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Ended sessions of the member's institution that are not closed; payments another person entered; who is
    missing from policy training.
    """
    found = []
    here = membership.institution_id
    if here is not None and membership.can("training.organise"):
        ended = Session.objects.filter(organiser=here, state=Session.State.PLANNED, ends_at__lt=now).count()
        if ended:
            what = ngettext("%(n)d training session to close", "%(n)d training sessions to close", ended)
            why = _("Hours count once the list is closed.")
            found.append(Todo("info", what % {"n": ended}, why, reverse("training"), None, ended))
    if membership.can("training.confirm"):
        rows = Spending.objects.filter(seen_by(membership), state=Spending.State.ENTERED)
        number = rows.exclude(entered_by__user=membership.user_id).count()
        if number:
            what = ngettext(
                "%(n)d payment of the training fund to confirm",
                "%(n)d payments of the training fund to confirm",
                number,
            )
            why = _("A second person looks at the voucher.")
            found.append(Todo("info", what % {"n": number}, why, reverse("training-fund"), None, number))
    return [*found, *_policy(membership, now)]


def _policy(membership: Membership, now: datetime) -> list[Todo]:
    """Policy training of the year (S1-61): whoever is missing is told, and who enters for the institution."""
    today, here = now.astimezone(SHANGHAI).date(), membership.institution_id
    if here is None or not membership.can("training.view"):
        return []
    try:
        absent = [one for one in policy.persons(today.year, today, institution_id=here) if not one.came]
    except parameters.NotInForce:
        return []
    due = datetime.combine(date(today.year + 1, 1, 1), time(), SHANGHAI)
    url, found = reverse("training-policy"), []
    if any(one.staff.user_id == membership.user_id for one in absent):
        what = _("Your policy training of %(year)s is missing") % {"year": today.year}
        found.append(Todo("info", what, _("Everybody of a tier comes once a year."), url, due))
    if absent and membership.can("training.attend"):
        what = ngettext(
            "%(n)d person is missing from policy training of %(year)s",
            "%(n)d persons are missing from policy training of %(year)s",
            len(absent),
        )
        why = _("All of them have to come by the end of the year.")
        found.append(Todo("info", what % {"n": len(absent), "year": today.year}, why, url, due, len(absent)))
    return found


def figures(membership: Membership, now: datetime) -> list[Figure]:
    """For who enters attendance at a primary institution: doctors with the hours of the year (S3-52)."""
    here = membership.institution_id
    if here is None or not membership.can("training.attend") or not membership.can("training.view"):
        return []
    try:
        rows = hours_of(now.astimezone(SHANGHAI).date(), institution_id=here)
    except parameters.NotInForce:
        return []
    if not rows:
        return []
    behind = sum(row.state == "late" for row in rows)
    said = _("%(n)d behind the year's pace") % {"n": behind} if behind else _("none behind the year's pace")
    label = _("doctors with %(n)d training hours") % {"n": rows[0].least}
    of_all = _("of %(n)d") % {"n": len(rows)}
    reached = words.num(sum(row.reached for row in rows))
    return [Figure(label, reached, of_all, said, reverse("training-hours"), bad=bool(behind))]
