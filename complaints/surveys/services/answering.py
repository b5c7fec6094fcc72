"""Answering: a ticket is spent once, and the answer goes where nobody finds whose it is.

No journal and no time: see complaints.surveys.sql for how the two rows stay apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from random import SystemRandom

from django.db import transaction

from alliance.lib.secrets import hashed
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from complaints.surveys import sql
from complaints.surveys.engine import links
from complaints.surveys.engine.questions import CHOICE, LEVELS, SCALE, TEXT_LIMIT
from complaints.surveys.models import Campaign, Ticket
from complaints.surveys.services import noticing
from complaints.surveys.services.refusals import LinkRefused

Given = Mapping[str, str | int]


def find_link(typed: str, *, now: datetime) -> Ticket:
    """The ticket of a link that takes an answer now. Raises LinkRefused (unknown, early, ended, spent)."""
    text = links.read(typed)
    rows = Ticket.objects.select_related("campaign__edition__questionnaire", "stratum__institution")
    found: Ticket | None = rows.filter(token_hash=hashed(text)).first() if text else None
    if found is None:
        raise LinkRefused("unknown")
    return _takes(found, now)


def own_ticket(by: Membership, campaign: Campaign, *, now: datetime) -> Ticket:
    """The member's own ticket of a survey of staff. Raises LinkRefused."""
    rows = Ticket.objects.select_related("campaign__edition__questionnaire", "stratum__institution")
    found: Ticket | None = rows.filter(campaign=campaign, member=by).first()
    if found is None:
        raise LinkRefused("unknown")
    return _takes(found, now)


def _takes(ticket: Ticket, now: datetime) -> Ticket:
    campaign, today = ticket.campaign, now.astimezone(SHANGHAI).date()
    if campaign.state != Campaign.State.RUNNING or today > campaign.closes_on:
        raise LinkRefused("ended")
    if today < campaign.opens_on:
        raise LinkRefused("early", first=campaign.opens_on)
    if ticket.spent:
        raise LinkRefused("spent")
    return ticket


@transaction.atomic
def answer_by_link(*, typed: str, given: Given, now: datetime, address: str = "") -> None:
    """Take the answer of a patient, flagged where `address` sends as no single person does.

    Raises LinkRefused; sent twice, the second one is `spent`.
    """
    ticket = find_link(typed, now=now)
    _take(ticket, given, noticing.flag(ticket, address, now) if address else "")


@transaction.atomic
def answer_by_member(*, by: Membership, campaign: Campaign, given: Given, now: datetime) -> None:
    """Take the answer of a member of staff, whose name goes no further than the ticket."""
    _take(own_ticket(by, campaign, now=now), given)


@transaction.atomic
def answer_many(*, campaign: Campaign, given: Mapping[int, Given], now: datetime) -> int:
    """Take many answers at once, by number of the ticket; two statements and a look, whatever their number.

    Returns how many were taken; a ticket that is spent takes nothing. Raises LinkRefused.
    """
    rows = Ticket.objects.select_for_update(of=("self",)).filter(campaign=campaign, number__in=given)
    free = list(rows.filter(spent=False).order_by("number"))
    for one in free:
        one.campaign = campaign
        _takes(one, now)
    answers = [sql.Given(one.stratum_id, *_sorted(one, given[one.number])) for one in free]
    Ticket.objects.filter(pk__in=[one.pk for one in free]).update(spent=True)
    SystemRandom().shuffle(answers)  # no order leads back to the tickets
    sql.put_answers(campaign.pk, answers)
    return len(answers)


def _take(ticket: Ticket, given: Given, flag: str = "") -> None:
    body, texts = _sorted(ticket, given)
    if not Ticket.objects.filter(pk=ticket.pk, spent=False).update(spent=True):
        raise LinkRefused("spent")
    sql.put_answers(ticket.campaign_id, [sql.Given(ticket.stratum_id, body, texts, flag)])


def _sorted(ticket: Ticket, given: Given) -> tuple[dict[str, int | str], dict[str, str]]:
    """Levels and options, and the texts; only what the edition asks. Raises LinkRefused (incomplete)."""
    body: dict[str, int | str] = {}
    texts: dict[str, str] = {}
    for one in ticket.campaign.edition.questions:
        value = str(given.get(one.code, "")).strip()
        if one.form == SCALE and value in {str(level) for level in LEVELS}:
            body[one.code] = int(value)
        elif one.form == CHOICE and value in one.codes:
            body[one.code] = value
        elif one.form not in (SCALE, CHOICE) and value:
            texts[one.code] = value[:TEXT_LIMIT]
        elif one.required:
            raise LinkRefused("incomplete", question=one.code)
    return body, texts
