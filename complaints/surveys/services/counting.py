"""Counting a survey that is over: results of groups, never of fewer answers than the limits it began with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services import journal
from complaints.surveys import few, sql
from complaints.surveys.counting import comments, kept, results
from complaints.surveys.engine.kinds import TOTAL
from complaints.surveys.models import Campaign, Comment, Exclusion, Result
from complaints.surveys.services.refusals import SurveyRefused
from complaints.surveys.services.rights import RUN, require


@transaction.atomic
def close(*, by: Membership, campaign: Campaign, now: datetime) -> Campaign:
    """Count a survey from the day after its last one, or once every ticket is spent.

    Nothing of it is read before: results of a running survey would tell single answers by their difference.
    Raises PermissionDenied, SurveyRefused (ended, early).
    """
    require(by, RUN)
    found = _running(campaign)
    if now.astimezone(SHANGHAI).date() <= found.closes_on and found.tickets.filter(spent=False).exists():
        raise SurveyRefused("early", last=found.closes_on)
    return _count(by, found, now)


@transaction.atomic
def count_over(*, now: datetime) -> int:
    """Count every survey whose last day is over, as the clock does each night; returns how many."""
    over = Campaign.objects.filter(
        state=Campaign.State.RUNNING, closes_on__lt=now.astimezone(SHANGHAI).date()
    )
    counted = 0
    for one in over.order_by("pk"):
        _count(None, _running(one), now)
        counted += 1
    return counted


def _count(by: Membership | None, found: Campaign, now: datetime) -> Campaign:
    with sql.counting(found.pk):
        all_given, texts = sql.answers(found.pk), sql.texts(found.pk)
    sql.seal_tickets(found.pk)
    given, flagged = kept(found, all_given)
    Exclusion.objects.bulk_create(flagged)
    read = Result.objects.bulk_create(results(found, given))
    Comment.objects.bulk_create(comments(found, texts))
    found.close()
    # The whole, less what the pages show of the others, would tell a small institution or a small number that
    # was left out.
    houses = [one for one in read if one.measure == TOTAL and one.institution_id and not one.department_code]
    told = few.together((one.answers, one.asked) for one in houses)
    excluded = sum(one.answers for one in flagged if one.excluded and not few.small(one.answers))
    return _ended(by, found, "survey.counted", now, answers=told.answers, excluded=excluded)


@transaction.atomic
def cancel(*, by: Membership, campaign: Campaign, why: str, now: datetime) -> Campaign:
    """Give a survey up; its answers stay unread for ever. Raises PermissionDenied, SurveyRefused."""
    require(by, RUN)
    if not why.strip():
        raise SurveyRefused("why")
    found = _running(campaign)
    found.why = why.strip()
    found.cancel()
    return _ended(by, found, "survey.cancelled", now)


def _running(campaign: Campaign) -> Campaign:
    found: Campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if found.state != Campaign.State.RUNNING:
        raise SurveyRefused("ended")
    return found


def _ended(by: Membership | None, found: Campaign, verb: str, now: datetime, **detail: Any) -> Campaign:
    found.closed_at = now
    found.version = F("version") + 1
    found.save(update_fields=["state", "closed_at", "why", "version"])
    found.refresh_from_db(fields=["version"])
    journal.write(by=by, verb=verb, about=found, **detail)
    before = Campaign.State.RUNNING
    journal.step(by=by, about=found, name=verb, before=before, after=found.state, note=found.why)
    return found
