"""What waits for whom: reports for the insurance office, answers for who reported."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services.inbox import Todo
from grouping.abnormal import liaisons
from grouping.abnormal.models import ANSWER, AbnormalReport


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """The office sees what waits, and departments without the right number of liaisons; the whole alliance
    what is late. A fixed number of queries.
    """
    if not membership.can(ANSWER) and not (
        membership.institution_id is None and membership.can("abnormal.view")
    ):
        return []
    rows = AbnormalReport.objects.visible_to(membership).filter(state=AbnormalReport.State.SENT)
    late = Q(due_at__lt=now)
    if membership.institution_id is None:
        rows = rows.filter(late)
    found = rows.order_by().aggregate(
        late=Count("pk", filter=late), since=Min("due_at", filter=late),
        ahead=Count("pk", filter=~late), due=Min("due_at", filter=~late),
    )  # fmt: skip
    made, url, why = [], reverse("abnormal"), _("The liaison of a department waits for the answer.")
    if n := found["late"]:
        what = ngettext("%(n)d abnormal case is late", "%(n)d abnormal cases are late", n)
        made.append(Todo("late", what % {"n": n}, why, url, found["since"], n, _("Answer now")))
    if n := found["ahead"]:
        what = ngettext("%(n)d abnormal case to answer", "%(n)d abnormal cases to answer", n)
        made.append(Todo("info", what % {"n": n}, why, url, found["due"], n, _("Answer now")))
    return [*made, *_liaisons(membership, now)]


def _liaisons(membership: Membership, now: datetime) -> list[Todo]:
    n = liaisons.wrong(membership, now.astimezone(SHANGHAI).date()) if membership.can(ANSWER) else 0
    what = ngettext(
        "%(n)d department without the right number of insurance liaisons",
        "%(n)d departments without the right number of insurance liaisons",
        n,
    )
    why = _("Nobody explains the policy there or reports abnormal cases.")
    return [Todo("info", what % {"n": n}, why, reverse("liaisons"), None, n)] if n else []
