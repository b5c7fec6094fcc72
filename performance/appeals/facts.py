"""What other rooms ask about appeals: how many are open, what is disputed, what was corrected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q, QuerySet, Sum

from alliance.lib.period import Month
from alliance.models import Membership
from performance.appeals.involved import sql
from performance.models import Appeal, AppealCorrection, AppealLine


def open_in(month: Month) -> int:
    """How many appeals about numbers of a month have not ended (practice.md 4: it is final with the last)."""
    found: int = Appeal.objects.running().filter(month=month.first_day).count()
    return found


def examined_about(pot: int, member: Membership) -> list[int]:
    """The appeals about lines of a pot (pk) that the member examines and is not involved in yet: who posts
    the pot becomes so. Two queries at most.
    """
    rows = Appeal.objects.examined_by(member).filter(lines__pay_line__pot=pot).distinct()
    found = list(rows.order_by("pk").values_list("pk", flat=True))
    gone = {appeal for appeal, _member in sql.involved(found, [member.pk])} if found else set()
    return [pk for pk in found if pk not in gone]


def disputed(month: Month) -> Mapping[int, int]:
    """Fen in dispute by line of pay (PayLine pk) of a month, of appeals that have not ended; one query.

    0 < fen <= the line: an appeal may ask for more than the line gives, held is the line at most.
    """
    rows = AppealLine.objects.filter(
        about=AppealLine.About.PAY, appeal__month=month.first_day, appeal__state__in=Appeal.RUNNING
    )
    found: dict[int, int] = {}
    for line, fen, whole in rows.values_list("pay_line", "disputed_fen", "pay_line__fen"):
        if whole:
            found[line] = min(found.get(line, 0) + fen, whole)
    return found


def corrected(month: Month) -> Mapping[int, int]:
    """Fen by person (Staff pk) that corrections in the books of a month give (+) or take (-); one query.

    They belong to earlier months (`about_month` of their journals) and are paid with this one (practice 3).
    """
    rows = _in_the_books(Q(appeal__journal__period__month=month.first_day))
    sums = rows.filter(staff__isnull=False).order_by().values("staff").annotate(fen=Sum("fen"))
    return {row["staff"]: row["fen"] for row in sums}


def _in_the_books(which: Q) -> QuerySet[Any]:
    rows: QuerySet[Any] = AppealCorrection.objects.filter(
        which, appeal__state=Appeal.State.CORRECTED, revision=F("appeal__revision")
    )
    return rows
