"""Which surveys a member may know: an institution those that ask its own people, the offices all."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from alliance.models import Institution, Membership
from complaints.surveys.engine.kinds import TOTAL
from complaints.surveys.models import Campaign, Result, Stratum, Ticket


def surveys(membership: Membership) -> QuerySet[Any]:
    """The surveys, newest first."""
    rows: QuerySet[Any] = Campaign.objects.select_related("edition__questionnaire")
    here = membership.institution_id
    if here is None:
        return rows
    return rows.filter(Exists(Stratum.objects.filter(campaign=OuterRef("pk"), institution=here)))


def counted(membership: Membership) -> QuerySet[Any]:
    """The same with `asked`, and answers and persons asked of each institution, of the own or of all, counted
    beside each row: `taken`, and of a counted survey `read`.
    """
    here = membership.institution_id
    of = Ticket.objects.filter(campaign=OuterRef("pk"))
    of = (of if here is None else of.filter(stratum__institution=here)).order_by()
    asked = of.values("campaign").annotate(n=Count("pk")).values("n")
    spent = Count("pk", filter=Q(spent=True))
    groups = of.values("stratum__institution").annotate(n=spent, of=Count("pk"))
    totals = Result.objects.filter(
        campaign=OuterRef("pk"), measure=TOTAL, department_code="", institution__isnull=False
    )
    totals = (totals if here is None else totals.filter(institution=here)).order_by()
    return surveys(membership).annotate(
        asked=Coalesce(Subquery(asked, output_field=IntegerField()), 0),
        taken=ArraySubquery(groups.values(pair=JSONObject(n=F("n"), of=F("of")))),
        read=ArraySubquery(totals.values(pair=JSONObject(n=F("answers"), of=F("asked")))),
    )


def places(membership: Membership, campaign: Campaign) -> QuerySet[Any]:
    """The institutions of a survey whose own page the member may open."""
    rows: QuerySet[Any] = Institution.objects.filter(
        Exists(Stratum.objects.filter(campaign=campaign, institution=OuterRef("pk")))
    ).order_by("pinyin", "code")
    here = membership.institution_id
    return rows if here is None else rows.filter(pk=here)


def asking(membership: Membership, today: date) -> QuerySet[Any]:
    """Surveys that run and wait for the member's answer, the one that ends first on top."""
    own = Ticket.objects.filter(campaign=OuterRef("pk"), member=membership, spent=False)
    rows: QuerySet[Any] = Campaign.objects.select_related("edition__questionnaire").filter(
        Exists(own), state=Campaign.State.RUNNING, opens_on__lte=today, closes_on__gte=today
    )  # fmt: skip
    return rows.order_by("closes_on", "pk")
