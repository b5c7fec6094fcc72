"""Evaluation of the fund: figures frozen, texts written, versions released by two people (S4-18)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from alliance.approvals import chains
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.lib.canonical import digest
from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.services import journal
from grouping.engine.fund import VIEWS, Figure, Sums, figures
from grouping.models import FundReport
from grouping.reports import sql
from grouping.services.effects import Period, PeriodRefused
from grouping.sql import fetch

KIND = "fund_report"
TEXTS = (*VIEWS, "conclusion")


class ReportRefused(Refused):
    """An evaluation cannot be put forward as it is."""

    reasons = {
        "texts": "Each of the three views and the conclusion needs its text before a second person reads it.",
        "older": "Version %(version)s is newer. Propose that one.",
        "released": "This version is released already.",
    }


def measure(period: Period, compared: Period) -> list[Figure]:
    """The figures of a period beside those of another; one query. Raises PeriodRefused (overlap)."""
    common = max(period.first, compared.first)
    if common <= min(period.last, compared.last):
        raise PeriodRefused("overlap", month=common)
    asked = {"before": compared, "after": period}
    rows = fetch(
        sql.FUND,
        periods=json.dumps(
            [
                {"name": name, "first": str(one.first.first_day), "last": str(one.last.first_day)}
                for name, one in asked.items()
            ]
        ),
    )
    sums = {name: Sums(months=one.months) for name, one in asked.items()}
    for row in rows:
        name = row.pop("name")
        sums[name] = Sums(**row, months=asked[name].months)
    return figures(sums["before"], sums["after"])


@transaction.atomic
def write(*, by: Membership, period: Period, compared: Period, texts: Mapping[str, str]) -> FundReport:
    """Keep a version: the figures as they are now, and the texts. An earlier version stays as it is."""
    found = [_plain(one) for one in measure(period, compared)]
    kept = {name: texts.get(name, "").strip() for name in TEXTS}
    days = {
        "first": period.first.first_day, "last": period.last.first_day,
        "compared_first": compared.first.first_day, "compared_last": compared.last.first_day,
    }  # fmt: skip
    earlier = FundReport.objects.filter(first=days["first"], last=days["last"])
    version = (earlier.aggregate(last=Max("version"))["last"] or 0) + 1
    row = FundReport.objects.create(
        **days, version=version, figures=found, texts=kept, digest=_digest(days, found, kept), entered_by=by
    )
    journal.write(by=by, verb="fund_report.written", about=row, version=version)
    return row


@transaction.atomic
def propose(*, by: Membership, report: FundReport, on: date) -> Approval:
    """Put the newest version before the second person. Raises ReportRefused, AlreadyProposed."""
    newest = FundReport.objects.filter(first=report.first, last=report.last).order_by("-version")[0]
    if newest.pk != report.pk:
        raise ReportRefused("older", version=newest.version)
    if report.released_at is not None:
        raise ReportRefused("released")
    if not all(report.texts.get(name) for name in TEXTS):
        raise ReportRefused("texts")
    return approvals.propose(
        by=by, kind=KIND, about=report, chain=chains.in_force(chains.TWO_PEOPLE, on=on, kind=KIND),
        digest=report.digest,
    )  # fmt: skip


def open_approval(report: FundReport) -> Approval | None:
    """The proposal of a version that waits, if there is one."""
    found: Approval | None = Approval.objects.filter(
        kind=KIND, about_id=report.pk, state=Approval.State.OPEN
    ).first()
    return found


def decided(approval: Approval, by: Membership) -> None:
    """Release the version once the second person has agreed."""
    if approval.state != Approval.State.APPROVED:
        return
    FundReport.objects.filter(pk=approval.about_id, released_at=None).update(released_at=timezone.now())
    journal.write(by=by, verb="fund_report.released", about=FundReport.objects.get(pk=approval.about_id))


def content_digest(report: FundReport) -> str:
    """What the deciders see, made anew from the stored row."""
    days = {name: getattr(report, name) for name in ("first", "last", "compared_first", "compared_last")}
    return _digest(days, report.figures, report.texts)


def _digest(days: Mapping[str, date], found: list[dict[str, Any]], texts: Mapping[str, str]) -> str:
    plain = {name: day.isoformat() for name, day in days.items()}
    return digest({"days": plain, "figures": found, "texts": dict(texts)})


def _plain(figure: Figure) -> dict[str, Any]:
    values = asdict(figure) | {"change": figure.change}
    return {
        name: value if isinstance(value, int) or value is None else str(value)
        for name, value in values.items()
    }
