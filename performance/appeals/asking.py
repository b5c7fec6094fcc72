"""Which numbers a form of an appeal offers: those of the address, and others of the same owner and month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse

from alliance.models import Membership
from performance.appeals import subjects as own
from performance.appeals.subjects import Subject
from performance.models import AppealLine

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


def flag(by: Membership, about: str, row: Any) -> str:
    """Where an appeal about a number of an institution is filed; '' for who does not speak for it."""
    if not own.speaks_for_place(by) or row.institution_id != by.institution_id:
        return ""
    return address(about, row.pk)


def address(about: str, pk: int) -> str:
    """Where an appeal about a number is filed."""
    return f"{reverse('appeal-file')}?on={about}-{pk}"


def offered(by: Membership, about: str, pk: int) -> str:
    """The same, where only the rows of the second wall say whether the member may."""
    return address(about, pk) if own.find(by, about, pk) is not None else ""


def back(chosen: Sequence[Subject], by: Membership) -> str:
    """Where one came from: the slip for a line of pay, else the appeals."""
    return reverse(
        "pay-mine" if chosen[0].about in (About.PAY, About.OWN) and by.can("pay.view") else "appeals"
    )
