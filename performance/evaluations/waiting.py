"""What waits for a rater: sheets that are open today and not submitted."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.services.inbox import Todo
from performance.models import EvaluationRound, Invitation


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """One line a round; one query."""
    today = timezone.localdate(now)
    rows = Invitation.objects.filter(
        rater=membership, submitted_at=None, round__state=EvaluationRound.State.OPEN,
        round__opens_on__lte=today, round__closes_on__gte=today,
    )  # fmt: skip
    found = rows.order_by().values_list("round", "round__name", "round__closes_on").annotate(n=Count("pk"))
    return [
        Todo(
            "info", _("Rate: %(name)s") % {"name": name},
            _("%(n)d institutions, until %(day)s; nobody sees what you give.") % {"n": n, "day": last},
            reverse("evaluation-sheet", args=[pk]),
        )
        for pk, name, last, n in found.order_by("round__closes_on", "round")
    ]  # fmt: skip
