"""Handing out links: the sheet that an institution prints and cuts, one slip for each person asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from alliance.models import Department, Institution, Membership, Team
from alliance.services import journal
from complaints.surveys import keys
from complaints.surveys.engine import links
from complaints.surveys.engine.kinds import TEAM
from complaints.surveys.models import Campaign, Ticket
from complaints.surveys.services.refusals import SurveyRefused
from complaints.surveys.services.rights import HAND_OUT, require
from grouping import facts as case_books


@dataclass(frozen=True, slots=True)
class Slip:
    """One link to hand over: its number, its text, and for whom where it was drawn (record number)."""

    number: int
    text: str
    department: str
    record: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A part of the links of an institution that are not spent, in the order of their numbers."""

    institution: Institution
    slips: Sequence[Slip]
    left: int


@transaction.atomic
def sheet_of(
    *, by: Membership, campaign: Campaign, institution: Institution, first: int = 0, most: int = 60
) -> Sheet:
    """At most so many links from a place in the list on; a number of queries that does not grow.

    Raises PermissionDenied, SurveyRefused (ended). Texts follow from the key: nothing is stored of them.
    """
    require(by, HAND_OUT)
    if campaign.state != Campaign.State.RUNNING:
        raise SurveyRefused("ended")
    rows = Ticket.objects.filter(
        campaign=campaign, stratum__institution=institution, spent=False, member=None
    ).select_related("stratum")
    left, shown = rows.count(), list(rows.order_by("number")[first : first + most])
    model: Any = Team if campaign.plan.parts == TEAM else Department
    units = dict(model.objects.filter(institution=institution).values_list("code", "name"))
    records = case_books.record_numbers([one.episode for one in shown if one.episode is not None])
    key = keys.of_links()
    slips = [
        Slip(
            one.number, links.text_of(key, campaign.pk, one.number),
            units.get(one.stratum.department_code, one.stratum.department_code),
            records.get(one.episode or 0, ""),
        )
        for one in shown
    ]  # fmt: skip
    journal.write(
        by=by, verb="survey.links_printed", about=campaign, institution=institution.code, links=len(slips)
    )
    return Sheet(institution, slips, left)
