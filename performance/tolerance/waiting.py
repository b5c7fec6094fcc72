"""What waits for whom: a statement, an opinion, a case whose opinions are all there, a correction."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import pgettext

from alliance.models import Membership
from alliance.services.inbox import Todo
from performance.life.show_calendar import leads
from performance.tolerance.models import RUN, VIEW, Exemption, Outcome, Relief, Reviewer, ToleranceCase
from performance.tolerance.services import least

SHOWN = 20
State = ToleranceCase.State


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Four queries at most."""
    if not membership.can(VIEW):
        return []
    mine = ToleranceCase.objects.filter(person=membership, statement="", state=State.OPEN)
    found = [
        Todo("warn", pgettext("tolerance", "State on %(number)s") % {"number": one.number},
             pgettext("tolerance", "The body hears you before it judges."),
             reverse("tolerance-case", args=[one.pk]))
        for one in mine.order_by("pk")[:SHOWN]
    ]  # fmt: skip
    owed = Reviewer.objects.filter(
        member=membership, given_at=None, recused_at=None, case__state=State.REVIEW
    ).select_related("case")
    found += [
        Todo("warn", pgettext("tolerance", "Your opinion on %(number)s") % {"number": one.case.number},
             pgettext("tolerance", "In your own words; stand back if you are involved."),
             reverse("tolerance-case", args=[one.case_id]))
        for one in owed.order_by("pk")[:SHOWN]
    ]  # fmt: skip
    if membership.can(RUN):
        found += _ready(membership, now)
    if leads(membership):
        found += _uncorrected()
    return found


def _uncorrected() -> list[Todo]:
    """Exempted shares of persons and departments whose correction nobody has worked out."""
    rows = Exemption.objects.filter(
        ~Exists(Relief.objects.filter(exemption=OuterRef("pk"))), share__bearer__in=["person", "department"]
    ).filter(Q(case__outcome=Outcome.MAIN) | Q(case__percent__isnull=False))  # fmt: skip
    return [
        Todo("warn", pgettext("tolerance", "Settle what %(number)s exempts") % {"number": one.case.number},
             pgettext("tolerance", "Work out the correction; a second person agrees."),
             reverse("tolerance-case", args=[one.case_id]))
        for one in rows.select_related("case").order_by("pk")[:SHOWN]
    ]  # fmt: skip


def _ready(membership: Membership, now: datetime) -> list[Todo]:
    rows = ToleranceCase.objects.seen_by(membership).filter(state=State.REVIEW)
    given = Count("reviewers", filter=Q(reviewers__given_at__isnull=False))
    return [
        Todo("info", pgettext("tolerance", "Propose a decision on %(number)s") % {"number": one.number},
             pgettext("tolerance", "The opinions are there."), reverse("tolerance-case", args=[one.pk]))
        for one in rows.annotate(given=given).filter(given__gte=least(now)).order_by("pk")[:SHOWN]
    ]  # fmt: skip
