"""Which numbers a form of an appeal offers: those of the address, and others of the same owner and month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from alliance.models import Membership
from performance.appeals import subjects as own
from performance.appeals import window
from performance.appeals.subjects import Subject
from performance.models import Appeal, AppealLine

About = AppealLine.About
MOST = 40  # numbers offered beside the first


def subjects(by: Membership, keys: Iterable[str]) -> list[Subject]:
    """The numbers named as "pay-17"; what the member may not know is left out."""
    found: dict[str, Subject] = {}
    for key in list(keys)[:MOST]:
        about, _dash, pk = key.partition("-")
        one = own.find(by, about, int(pk)) if pk.isdecimal() and len(pk) < 19 else None
        if one is not None:
            found[one.key] = one
    return list(found.values())


def others(by: Membership, chosen: Sequence[Subject]) -> list[Subject]:
    """Further numbers one may add: the person's other lines of that month, the institution's indicators."""
    first, known = chosen[0], {one.key for one in chosen}
    rows: list[Subject] = []
    if first.about == About.PAY:
        more = own.rows(by, About.PAY).filter(
            staff=first.row.staff_id, pot__pool__month=first.month.first_day, fen__gt=0
        )
        rows = [own.subject_of(About.PAY, row) for row in more[:MOST]]
    elif first.about in (About.SCORE, About.VALUE):
        for about in (About.SCORE, About.VALUE):
            more = own.rows(by, about).filter(settlement=first.row.settlement_id).order_by("pk")
            rows += [own.subject_of(about, row) for row in more[:MOST]]
    elif first.about == About.OWN:
        more = own.rows(by, About.OWN).filter(subject=first.row.subject_id).order_by("indicator")
        rows = [own.subject_of(About.OWN, row) for row in more[:MOST]]
        lines = own.rows(by, About.PAY).filter(
            staff=first.row.subject.staff_id, pot__pool__month=first.month.first_day, fen__gt=0
        )
        rows += [own.subject_of(About.PAY, row) for row in lines[:MOST]]
    elif first.about == About.CASE:
        more = own.rows(by, About.PAY).filter(
            staff__user=by.user_id, pot__pool__month=first.month.first_day, fen__gt=0
        )
        rows = [own.subject_of(About.PAY, row) for row in more[:MOST]]
    return [one for one in rows if one.key not in known]


def further(by: Membership, appeal: Appeal, now: datetime) -> list[Subject]:
    """Numbers that may be added to an appeal: of the same owner and month, in their time, in no open appeal
    yet; none to a second instance.
    """
    if appeal.earlier_id is not None:
        return []
    lines = list(AppealLine.objects.filter(appeal=appeal).order_by("number"))
    first = own.of_line(by, lines[0])
    if first is None:
        return []
    found = [one for one in others(by, [first]) if one.key != first.key]
    taken = AppealLine.objects.filter(appeal__state__in=Appeal.RUNNING, appeal__month=appeal.month)
    known = {own.key_of(line) for line in taken.select_related("own")}
    times = window.all_of(found)
    return [
        one for one, time in zip(found, times, strict=True)
        if time.open(now) and own.identity(one) not in known
    ]  # fmt: skip


def open_about(by: Membership, chosen: Sequence[Subject]) -> Appeal | None:
    """The member's own open appeal about one of the numbers: what is new is added to that one."""
    for one in chosen:
        rows = Appeal.objects.unanswered().filter(filed_by__user=by.user_id)
        found: Appeal | None = rows.filter(
            pk__in=AppealLine.objects.filter(**one.columns).values("appeal")
        ).first()
        if found is not None:
            return found
    return None


@dataclass(frozen=True)
class Flag:
    """Beside a number: where an appeal is filed ('' where none may be), and until when, or why no longer."""

    url: str = ""
    said: str = ""


def flag(by: Membership, about: str, row: Any, now: datetime) -> Flag:
    """The flag of a number of an institution; empty for who does not speak for it."""
    if not own.speaks_for_place(by) or row.institution_id != by.institution_id:
        return Flag()
    return _flag(by, own.subject_of(about, row), now)


def _flag(by: Membership, subject: Subject, now: datetime) -> Flag:
    found = window.of(subject)
    said = window.said(found, now, by)
    if not found.open(now):
        return Flag(said=said)
    return Flag(address(subject.about, subject.row.pk), f"{said} {window.paid_meanwhile(found.month)}")


def address(about: str, pk: int) -> str:
    """Where an appeal about a number is filed."""
    return f"{reverse('appeal-file')}?on={about}-{pk}"


def offered(by: Membership, about: str, pk: int, now: datetime) -> Flag:
    """The same, where only the rows of the second wall say whether the member may."""
    subject = own.find(by, about, pk)
    return Flag() if subject is None else _flag(by, subject, now)


def beside_case(by: Membership, pk: int, now: datetime) -> Flag:
    """The flag of a case; empty for who may not appeal about it."""
    return offered(by, About.CASE, pk, now)


def back(chosen: Sequence[Subject], by: Membership) -> str:
    """Where one came from: the slip for a line of pay, else the appeals."""
    return reverse(
        "pay-mine" if chosen[0].about in (About.PAY, About.OWN) and by.can("pay.view") else "appeals"
    )
