"""Slips: the alliance's office prints the codes once, the rated institution hands the folded slips over.

Nobody holds both ends: who prints sees codes and no person, the institution's list has persons and no codes.
Slip and line of the list share the number alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max

from alliance.lib.secrets import hashed
from alliance.models import Department, Institution, Membership, Team
from alliance.services import journal
from complaints.surveys import keys
from complaints.surveys.engine import links
from complaints.surveys.engine.kinds import TEAM
from complaints.surveys.models import Campaign, PrintRun, Ticket
from complaints.surveys.services.refusals import SurveyRefused
from complaints.surveys.services.rights import HAND_OUT, PRINT, require
from grouping import facts as case_books

RUN_OF = 96  # slips of one run: four sheets of 24, drawn in about a second


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed: the number on the outside, the code inside the fold, the department."""

    number: int
    text: str
    department: str


@dataclass(frozen=True, slots=True)
class Handed:
    """A line of the list an institution hands over by: the number of the slip, the department, for whom."""

    number: int
    department: str
    record: str


@transaction.atomic
def print_slips(
    *, by: Membership, campaign: Campaign, institution: Institution, now: datetime
) -> tuple[PrintRun, list[Slip]]:
    """The next slips that are on no paper yet, at most 96. Their codes are shown by this answer alone.

    Raises PermissionDenied (anybody of an institution), SurveyRefused (ended, printed).
    """
    require(by, PRINT)
    if by.institution_id is not None:
        raise PermissionDenied
    _running(campaign)
    rows = Ticket.objects.select_for_update(of=("self",)).filter(
        campaign=campaign, stratum__institution=institution, spent=False, member=None, run=None
    )
    found = list(rows.select_related("stratum").order_by("number")[:RUN_OF])
    if not found:
        raise SurveyRefused("printed")
    last = PrintRun.objects.filter(campaign=campaign, institution=institution).aggregate(n=Max("number"))["n"]
    run: PrintRun = PrintRun.objects.create(
        campaign=campaign, institution=institution, number=(last or 0) + 1, slips=len(found), printed_by=by,
        printed_at=now,
    )  # fmt: skip
    Ticket.objects.filter(pk__in=[one.pk for one in found]).update(run=run)
    units, key = _units(campaign, institution), keys.of_links()
    journal.write(
        by=by, verb="survey.links_printed", about=campaign, institution=institution.code, links=len(found),
        run=run.number,
    )  # fmt: skip
    slips = [
        Slip(one.number, links.text_of(key, campaign.pk, one.number, one.turn), _unit(units, one))
        for one in found
    ]
    return run, slips


@transaction.atomic
def void_run(*, by: Membership, run: PrintRun, why: str, now: datetime) -> int:
    """Declare a run void: codes of it that nobody used lead nowhere, and can be printed anew; how many.

    Raises PermissionDenied, SurveyRefused (ended, void_why, void_already).
    """
    require(by, PRINT)
    if by.institution_id is not None:
        raise PermissionDenied
    _running(run.campaign)
    if not why.strip():
        raise SurveyRefused("void_why")
    fresh = PrintRun.objects.filter(pk=run.pk, voided_at=None)
    if not fresh.update(voided_by=by, voided_at=now, void_why=why.strip()[:200]):
        raise SurveyRefused("void_already")
    key, rows = keys.of_links(), list(Ticket.objects.select_for_update().filter(run=run, spent=False))
    for one in rows:
        one.turn, one.run = one.turn + 1, None
        one.token_hash = hashed(links.text_of(key, one.campaign_id, one.number, one.turn))
    Ticket.objects.bulk_update(rows, ["turn", "run", "token_hash"], batch_size=500)
    journal.write(
        by=by, verb="survey.run_voided", about=run.campaign, institution=run.institution.code, run=run.number,
        links=len(rows),
    )  # fmt: skip
    return len(rows)


def list_to_hand(
    *, by: Membership, campaign: Campaign, institution: Institution, first: int = 0, most: int = 60
) -> tuple[int, Sequence[Handed]]:
    """(how many slips are printed, some of them) with the persons they were drawn for, without codes; used or
    not is not told. A number of queries that does not grow. Raises PermissionDenied, SurveyRefused (ended).
    """
    require(by, HAND_OUT)
    _running(campaign)
    rows = Ticket.objects.filter(
        campaign=campaign, stratum__institution=institution, member=None, run__isnull=False
    ).select_related("stratum")
    left, shown = rows.count(), list(rows.order_by("number")[first : first + most])
    records = case_books.record_numbers([one.episode for one in shown if one.episode is not None])
    units = _units(campaign, institution)
    lines = [Handed(one.number, _unit(units, one), records.get(one.episode or 0, "")) for one in shown]
    journal.write(
        by=by, verb="survey.list_read", about=campaign, institution=institution.code, links=len(lines)
    )
    return left, lines


def _running(campaign: Campaign) -> None:
    if campaign.state != Campaign.State.RUNNING:
        raise SurveyRefused("ended")


def _units(campaign: Campaign, institution: Institution) -> dict[str, str]:
    """Names of the parts an institution is asked by: its teams, or its departments."""
    model: Any = Team if campaign.plan.parts == TEAM else Department
    return dict(model.objects.filter(institution=institution).values_list("code", "name"))


def _unit(units: dict[str, str], ticket: Ticket) -> str:
    code = ticket.stratum.department_code
    return units.get(code, code)
