"""Opening a survey: who belongs to it, who is drawn, one ticket for each. All of it can be drawn again."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from alliance.lib.period import Month
from alliance.lib.register import to_json
from alliance.lib.sampling import draw, population_digest, size
from alliance.lib.secrets import hashed
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution, Membership, Team
from alliance.services import journal, parameters
from complaints.surveys import keys
from complaints.surveys.engine import links
from complaints.surveys.engine.kinds import DISCHARGES, HANDED, KINDS, TEAM
from complaints.surveys.models import Campaign, Edition, Stratum, Ticket
from complaints.surveys.models.campaigns import FLOOR
from complaints.surveys.services.refusals import SurveyRefused
from complaints.surveys.services.rights import RUN, require
from grouping import facts as case_books

LENGTHS = (1, 3, 12)
BATCH = 2_000
LIMITS = ("sv.share", "sv.stratum_least", "sv.handed", "sv.sample_min", "sv.department_min", "sv.group_min",
          "sv.level_points", "sv.quiz_pass", "sv.confidence", "sv.burst")  # fmt: skip
Place = tuple[int, str]  # institution, code of the department


@dataclass(frozen=True, slots=True)
class Terms:
    """What a survey is to be: months from `month` on (1, 3 or 12), institutions, days, links at the desk.

    `handed` is the number of links of each institution where nobody can be drawn; None: as decided
    (sv.handed). `seed` draws the sample; "" for a new one.
    """

    edition: Edition
    month: Month
    months: int
    places: Sequence[Institution]
    opens_on: date
    closes_on: date
    handed: int | None = None
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One who may be drawn: the key under which it is drawn, person and case or membership."""

    key: str
    person: int | None = None
    episode: int | None = None
    member: int | None = None


@transaction.atomic
def open_survey(*, by: Membership, terms: Terms, now: datetime) -> Campaign:
    """Begin a survey with its sample drawn. Raises PermissionDenied, SurveyRefused.

    A number of queries that does not grow with the persons. Source: S0-35, S1-47, S3-17.
    """
    require(by, RUN)
    today = now.astimezone(SHANGHAI).date()
    _check(terms, today)
    limits = _limits(terms.edition.questionnaire.kind, today)
    lists = _lists(terms, limits)
    if not any(lists.values()):
        raise SurveyRefused("nobody")
    names = [one.key for found in lists.values() for one in found]
    made: Campaign = Campaign.objects.create(
        edition=terms.edition, month=terms.month.first_day, months=terms.months, opens_on=terms.opens_on,
        closes_on=terms.closes_on, limits=limits, seed=terms.seed or secrets.token_hex(6),
        drawn_from=population_digest(names), opened_by=by, opened_at=now,
    )  # fmt: skip
    count = _draw(made, terms, lists)
    journal.write(by=by, verb="survey.opened", about=made, asked=count, places=len(terms.places))
    return made


def _check(terms: Terms, today: date) -> None:
    if terms.edition.released_at is None:
        raise SurveyRefused("not_released")
    if terms.months not in LENGTHS or (terms.month.number - 1) % terms.months:
        raise SurveyRefused("period")
    if not terms.places:
        raise SurveyRefused("places")
    if terms.closes_on < terms.opens_on:
        raise SurveyRefused("days")
    ended = terms.month.plus(terms.months - 1).last_day < today
    if KINDS[terms.edition.questionnaire.kind].source == DISCHARGES and not ended:
        raise SurveyRefused("future")


def _limits(kind: str, today: date) -> dict[str, Any]:
    """The numbers in force on the day it begins, as JSON; no group smaller than five is ever read."""
    held: Mapping[str, Any] = parameters.several_in_force(LIMITS, on=today)
    found = {key.removeprefix("sv."): to_json(value) for key, value in held.items()}
    found["sample_min"] = max(FLOOR, int(held["sv.sample_min"][kind]))
    for name in ("department_min", "group_min"):
        found[name] = max(FLOOR, int(held[f"sv.{name}"]))
    return found


def _lists(terms: Terms, limits: Mapping[str, Any]) -> dict[Place, list[Asked]]:
    """Everybody who could be drawn, by stratum."""
    source = KINDS[terms.edition.questionnaire.kind].source
    if source == DISCHARGES:
        return _discharged(terms)
    if source == HANDED:
        number = int(limits["handed"]) if terms.handed is None else terms.handed
        return _handed(terms, number)
    return _members(terms)


def _handed(terms: Terms, number: int) -> dict[Place, list[Asked]]:
    """So many links of each institution; of a survey by team as evenly as can be by its family-doctor teams,
    which hand them to those they have signed. Without teams the institution is one.
    """
    teams: dict[int, list[str]] = defaultdict(list)
    if KINDS[terms.edition.questionnaire.kind].parts == TEAM:
        rows = Team.objects.filter(
            institution__in=[one.pk for one in terms.places], kind=Team.Kind.FAMILY_DOCTOR, is_active=True
        )
        for pk, code in rows.order_by("code").values_list("institution", "code"):
            teams[pk].append(code)
    found: dict[Place, list[Asked]] = defaultdict(list)
    for at in terms.places:
        units = teams[at.pk] or [""]
        for n in range(number):
            found[at.pk, units[n % len(units)]].append(Asked(f"{at.code}#{n + 1}"))
    return found


def _discharged(terms: Terms) -> dict[Place, list[Asked]]:
    codes = {one.pk: one.code for one in terms.places}
    months = [terms.month.plus(n) for n in range(terms.months)]
    found: dict[Place, list[Asked]] = defaultdict(list)
    for stay in case_books.left_alive(months, list(codes)):
        key = f"{codes[stay.institution_id]}|{stay.record}"
        found[stay.institution_id, stay.department_code].append(Asked(key, stay.person_id, stay.id))
    return found


def _members(terms: Terms) -> dict[Place, list[Asked]]:
    found: dict[Place, list[Asked]] = defaultdict(list)
    rows = Membership.objects.filter(
        institution__in=[one.pk for one in terms.places], is_active=True, user__is_active=True
    )
    for pk, at in rows.order_by("pk").values_list("pk", "institution_id"):
        found[at, ""].append(Asked(f"m{pk}", member=pk))
    return found


def _draw(made: Campaign, terms: Terms, lists: Mapping[Place, Sequence[Asked]]) -> int:
    """Strata with their draws, and one ticket for each who is asked; returns how many."""
    drawn: list[tuple[Stratum, list[Asked]]] = []
    whole = made.plan.source != DISCHARGES
    codes = {one.pk: one.code for one in terms.places}
    for (at, unit), people in sorted(lists.items(), key=lambda item: (codes[item[0][0]], item[0][1])):
        count = len(people) if whole else _size(len(people), made.limits)
        by_key = {one.key: one for one in people}
        chosen = draw(list(by_key), seed=f"{made.seed}:{codes[at]}:{unit}", count=count)
        row = Stratum(
            campaign=made, institution_id=at, department_code=unit, population=len(people), drawn=count
        )
        drawn.append((row, [by_key[key] for key in chosen]))
    Stratum.objects.bulk_create([row for row, _chosen in drawn])
    return _tickets(made, drawn)


def _size(population: int, limits: Mapping[str, Any]) -> int:
    return size(population, share=Decimal(str(limits["share"])), least=int(limits["stratum_least"]))


def _tickets(made: Campaign, drawn: Sequence[tuple[Stratum, Sequence[Asked]]]) -> int:
    key, number = keys.of_links(), 0
    rows: list[Ticket] = []
    for stratum, people in drawn:
        for one in people:
            number += 1
            text = "" if one.member else links.text_of(key, made.pk, number)
            rows.append(Ticket(
                campaign=made, stratum=stratum, number=number, member_id=one.member, person_id=one.person,
                episode=one.episode, token_hash=hashed(text) if text else None,
            ))  # fmt: skip
    Ticket.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)
