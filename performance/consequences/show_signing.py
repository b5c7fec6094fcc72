"""Who must have signed the commitment letter of a year and who has not, member by member (X2; S3-31)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Institution, Membership
from alliance.web import parts, words
from alliance.web.cells import chip
from performance.consequences.show_letters import tabs
from performance.models import Letter, LetterTemplate
from performance.models.letters import RUN, SIGNED

KINDS = {"draft": "", "offered": "warn", "paper": "info"}


@dataclass(frozen=True)
class Row:
    """One member: its letter of the year as far as it is, who signed when, and who countersigned."""

    place: Institution
    chip: SafeString
    signed: bool
    who: str
    when: str
    countersigned: str
    url: str


def obliged(year: int) -> list[Institution]:
    """The members of whose kind a letter of the year is asked: a template in force names the kind."""
    kinds = {
        kind for row in LetterTemplate.objects.filter(from_year__lte=year).values_list("kinds", flat=True)
        for kind in row
    }  # fmt: skip
    return list(Institution.objects.filter(is_active=True, kind__in=kinds).order_by("code"))


def unsigned(year: int) -> int:
    """How many members have not signed the letter of a year; two queries."""
    signed = Letter.objects.filter(year=year, state__in=SIGNED).values("institution")
    return len([one for one in obliged(year) if one.pk not in {row["institution"] for row in signed}])


def rows(year: int, membership: Membership) -> list[Row]:
    """Who has to sign, those who have not first; an institution's member reads its own line alone."""
    letters = Letter.objects.seen_by(membership).named().filter(year=year).exclude(state="cancelled")
    by_place = {one.institution_id: one for one in letters}
    found = [_row(place, by_place.get(place.pk)) for place in obliged(year) if membership.sees(place.pk)]
    return sorted(found, key=lambda one: (one.signed, one.place.code))


def _row(place: Institution, letter: Letter | None) -> Row:
    if letter is None:
        return Row(place, chip("late", pgettext("letter", "not drafted yet")), False, "", "", "", "")
    signed = letter.state in SIGNED
    day: Any = letter.signed_on or letter.signed_at
    return Row(
        place, chip("ok" if signed else KINDS.get(letter.state, ""), letter.get_state_display()), signed,
        letter.signed_name if signed else "", words.day(day) if signed and day else "",
        str(letter.countersigned_by.user) if letter.countersigned_by else "",
        reverse("letter", args=[letter.pk]),
    )  # fmt: skip


def page(year: int, membership: Membership, today: date) -> dict[str, Any]:
    """The list of a year; a number of queries that does not grow with the members."""
    found = rows(year, membership)
    done = sum(one.signed for one in found)
    return {
        "title": _("Letters of %(year)s: who has signed") % {"year": year}, "year": year, "rows": found,
        "figs": [
            parts.Fig(pgettext("letter", "signed"), f"{done} / {len(found)}"),
            parts.Fig(pgettext("letter", "not signed"), str(len(found) - done), bad=done < len(found)),
        ],
        "rooms": tabs("letter-year-now", membership), "years": _years(year, today),
        "begins": membership.institution_id is None and membership.can(RUN),
    }  # fmt: skip


def _years(year: int, today: date) -> Sequence[int]:
    return [one for one in (year - 1, year + 1) if today.year - 5 <= one <= today.year + 1]
