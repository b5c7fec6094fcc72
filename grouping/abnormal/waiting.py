"""What waits for whom: reports for the insurance office, answers for who reported."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from grouping.abnormal.models import ANSWER, AbnormalReport


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """The office sees what waits; the whole alliance what is late. One query."""
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
    return made
