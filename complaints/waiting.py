"""What waits for whom: complaints in the inbox of the home page; the sealed box waits for its openers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, Count, DateTimeField, F, Min, Q, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services.inbox import Todo
from complaints import machine
from complaints.models import Complaint, Level, Report
from complaints.services import box, keepers


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Late and open complaints the member can answer, one query; the alliance sees what went up to it."""
    told = _announced(membership, now) if membership.can(machine.OBJECT) else []
    if keepers.may_keep(membership):
        return [*told, *_keeping(membership, now), *_sealed(membership, now)]
    if told:
        return told
    if not membership.can(machine.ANSWER):
        return []
    rows = Complaint.objects.visible_to(membership).live()
    if membership.institution_id is None:
        rows = rows.filter(Q(level=Level.ALLIANCE) | Complaint.late_at(now))
    found = _count(rows, now)
    return [*_late(found), *_open(found)]


def _announced(membership: Membership, now: datetime) -> list[Todo]:
    """Appointments to the sealed box that take effect unless somebody objects."""
    found = keepers.standings(now.astimezone(SHANGHAI).date())
    return [
        Todo("warn", _("%(name)s is to open the sealed box") % {"name": one.keeper.membership.user},
             _("Object before it takes effect, if that is not right."), reverse("box-keepers"), one.opens_at)
        for one in found if one.state == "announced" and one.keeper.user_id != membership.user_id
    ]  # fmt: skip


def _count(rows: Any, now: datetime) -> dict[str, Any]:
    due = Case(
        When(state__in=Complaint.FIRST, then=F("first_due_at")), default=F("result_due_at"),
        output_field=DateTimeField(),
    )  # fmt: skip
    late = Complaint.late_at(now)
    counted: dict[str, Any] = rows.order_by().aggregate(
        late=Count("pk", filter=late), late_since=Min(due, filter=late),
        ahead=Count("pk", filter=~late), ahead_due=Min(due, filter=~late),
    )  # fmt: skip
    return counted


def _late(found: dict[str, Any]) -> list[Todo]:
    if not (number := found["late"]):
        return []
    what = ngettext("%(n)d complaint past its limit", "%(n)d complaints past their limit", number)
    why = _("A person waits for the answer that was promised.")
    url = f"{reverse('complaints')}?view=late"
    return [Todo("late", what % {"n": number}, why, url, found["late_since"], number, _("Answer now"))]


def _open(found: dict[str, Any]) -> list[Todo]:
    if not (number := found["ahead"]):
        return []
    what = ngettext("%(n)d complaint to answer", "%(n)d complaints to answer", number)
    why = _("First answer within a day, then the result.")
    url = f"{reverse('complaints')}?view=waiting"
    return [Todo("warn", what % {"n": number}, why, url, found["ahead_due"], number, _("Answer now"))]


def _sealed(membership: Membership, now: datetime) -> list[Todo]:
    if not box.may_open(membership):
        return []
    fresh = [one for one in box.listed(by=membership) if one.state == Report.State.RECEIVED]
    if not fresh:
        return []
    due = min(one.due_at for one in fresh)
    what = ngettext("%(n)d sealed report to decide", "%(n)d sealed reports to decide", len(fresh))
    why = _("Say whether it is taken up.")
    state = "late" if due < now else "warn"
    return [Todo(state, what % {"n": len(fresh)}, why, reverse("sealed-box"), due, len(fresh))]


def _keeping(membership: Membership, now: datetime) -> list[Todo]:
    """What happened to who may open the box: my own suspension, what I can consent to or confirm, news."""
    url, found = reverse("box-keepers"), keepers.standings(now.astimezone(SHANGHAI).date())
    mine = [one for one in found if one.keeper.user_id == membership.user_id]
    others = [one for one in found if one.keeper.user_id != membership.user_id]
    told = []
    if not box.may_open(membership):
        if any(one.state == "suspended" for one in mine):
            why = _(
                "Your password or second factor was reset by somebody else. Confirm it, or ask a colleague."
            )
            told.append(Todo("late", _("The sealed box does not open for you now"), why, url))
        return told
    for state, what, why in (
        ("waits", _("A keeper of the sealed box is proposed"), _("A second person has to consent.")),
        (
            "suspended",
            _("A keeper of the sealed box is suspended"),
            _("Somebody reset the sign-in. Confirm it."),
        ),
    ):
        if number := sum(one.state == state for one in others):
            told.append(Todo("warn", what, why, url, None, number))
    if news := keepers.unseen(membership):
        why = _("Look who may open the box, and take note of it.")
        told.append(Todo("info", _("Keepers of the sealed box have changed"), why, url, None, len(news)))
    return told
