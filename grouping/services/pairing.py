"""Matching the two documents of a stay, and what people say about their differences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.services import journal
from grouping import sql
from grouping.models import Case, CaseFile, Document, Pairing
from grouping.pairs import sql as statements
from grouping.queues import bell

How = Pairing.How


class PairRefused(Refused):
    """A match that cannot be."""

    reasons = {
        "not_open": "This list has been matched meanwhile.",
        "taken": "This front page belongs to another list already.",
        "other_place": "This front page is of another institution.",
        "unmatched": "Match the two documents first.",
    }


@transaction.atomic
def match(file: CaseFile, months: Iterable[Month]) -> int:
    """Match the documents a stored file touches; return how many pairs were made. Three statements.

    By institution, record number, visit number and day of discharge, each the other's only candidate;
    whatever is not clear stays open for a person (practice.md section 2).
    """
    days = [month.first_day for month in months]
    sql.execute(statements.ENSURE, months=days, file=file.pk)
    sql.execute(statements.REOPEN, file=file.pk)
    return sql.execute(statements.MATCH, months=days, file=file.pk)


def candidates(pairing: Pairing) -> list[Case]:
    """Front pages that may belong to a list, the likeliest first."""
    keys = [row["id"] for row in sql.fetch(statements.CANDIDATES, list=pairing.settlement_id)]
    found = Case.objects.select_related("institution", "person").in_bulk(keys)
    return [found[key] for key in keys]


@transaction.atomic
def decide(*, by: Membership, pairing: Pairing, page: Case | None, reason: str, now: datetime) -> Pairing:
    """Say which front page a list belongs to, or that it has none. Raises PairRefused."""
    row = Pairing.objects.select_for_update().select_related("settlement").get(pk=pairing.pk)
    if row.how != How.OPEN:
        raise PairRefused("not_open")
    if page is not None:
        _check(row, page)
    row.page, row.how = page, How.ALONE if page is None else How.HAND
    row.decided_by, row.decided_at, row.reason = by, now, reason
    row.save(update_fields=["page", "how", "decided_by", "decided_at", "reason"])
    bell.enqueue(Month.of(row.settlement.month))
    journal.write(by=by, verb="pair.decided", about=row, how=row.how, page=page and page.pk, reason=reason)
    return row


def _check(row: Pairing, page: Case) -> None:
    if page.document != Document.FRONT_PAGE or page.institution_id != row.settlement.institution_id:
        raise PairRefused("other_place")
    if Pairing.objects.filter(page=page).exists():
        raise PairRefused("taken")


@transaction.atomic
def part(*, by: Membership, pairing: Pairing, reason: str, now: datetime) -> Pairing:
    """Undo a match: the list waits for a person again."""
    row = Pairing.objects.select_for_update().select_related("settlement").get(pk=pairing.pk)
    row.page, row.how, row.verdict = None, How.OPEN, Pairing.Verdict.NONE
    row.decided_by, row.decided_at, row.reason = by, now, reason
    row.save(update_fields=["page", "how", "verdict", "decided_by", "decided_at", "reason"])
    bell.enqueue(Month.of(row.settlement.month))
    journal.write(by=by, verb="pair.parted", about=row, reason=reason)
    return row


@transaction.atomic
def find(*, by: Membership, pairing: Pairing, verdict: str, note: str, now: datetime) -> Pairing:
    """Say what the differences of a pair are; it holds until one of the documents is corrected."""
    row = (
        Pairing.objects.select_for_update(of=("self",))
        .select_related("settlement", "page")
        .get(pk=pairing.pk)
    )
    page: Case | None = row.page
    if page is None:
        raise PairRefused("unmatched")
    row.verdict, row.verdict_note, row.verdict_by, row.verdict_at = verdict, note, by, now
    row.page_revision, row.list_revision = page.revision, row.settlement.revision
    row.save(
        update_fields=[
            "verdict", "verdict_note", "verdict_by", "verdict_at", "page_revision", "list_revision",
        ]
    )  # fmt: skip
    journal.write(by=by, verb="pair.found", about=row, verdict=verdict, note=note)
    return row
