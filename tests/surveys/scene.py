"""Surveys of the cast: discharges of October at two hospitals, the shipped questionnaires, answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from alliance.lib.period import Month
from alliance.services import parameters
from alliance.tenancy.scope import act_in
from complaints.surveys import keys, services
from complaints.surveys.engine import links
from complaints.surveys.engine.questions import CHOICE, SCALE
from complaints.surveys.models import Campaign, Edition, Ticket
from grouping.services import schemes
from tests.grouping.files import front_page
from tests.grouping.scene import store
from tests.world import World

OCTOBER = Month(2026, 10)
# Thursday 12 November 2026, 10:00 in Shanghai; the survey is open until the 20th, LATER is the day after.
NOW = datetime(2026, 11, 12, 2, tzinfo=UTC)
LAST = date(2026, 11, 20)
LATER = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)


@contextmanager
def inside(world: World) -> Iterator[None]:
    with act_in(world.qinghe), transaction.atomic():
        yield


def prepare(world: World) -> None:
    """Parameters and the shipped questionnaires, released."""
    with inside(world):
        parameters.load_register()
        services.adopt_ready(by=world.luo, now=NOW)


def discharged(world: World, place: Any, by: Any, units: dict[str, int], **more: str) -> None:
    """Patients who left a hospital in October, by department."""
    rows = [
        front_page(place.organisation, f"{place.code}{unit}{n:03}", A11=f"人{place.code}{unit}{n}", B16C=unit,
                   **more)
        for unit, count in units.items()
        for n in range(count)
    ]  # fmt: skip
    store(world, rows, by=by)


def adopt(world: World) -> None:
    """The grouping scheme, which files are grouped by."""
    with inside(world):
        schemes.adopt_shipped(by=world.su, code="xietong_demo", from_date=date(2020, 1, 1))


def edition(code: str = "inpatient") -> Edition:
    """The shipped edition of a questionnaire."""
    return Edition.objects.select_related("questionnaire").get(questionnaire__code=code, number=1)


def opened(world: World, code: str, places: list[Any], **change: Any) -> Campaign:
    """A survey of October, open from today."""
    terms = {
        "edition": edition(code), "month": OCTOBER, "months": 1, "places": places,
        "opens_on": NOW.date(), "closes_on": LAST, "seed": "fixed",
    }  # fmt: skip
    return services.open_survey(by=world.luo, terms=services.Terms(**(terms | change)), now=NOW)


def link_of(campaign: Campaign, ticket: Ticket) -> str:
    """The text of a ticket's link."""
    return links.text_of(keys.of_links(), campaign.pk, ticket.number, ticket.turn)


def filled(row: Edition, level: int = 4, option: int = 0, **more: str) -> dict[str, str]:
    """Every question answered: one level, one option."""
    given = {one.code: str(level) for one in row.questions if one.form == SCALE}
    given |= {one.code: one.options[option].code for one in row.questions if one.form == CHOICE}
    return given | more


def answered(campaign: Campaign, tickets: Any, level: int = 4, option: int = 0, **more: str) -> None:
    """Each of these tickets answers alike."""
    for one in tickets:
        services.answer_by_link(
            typed=link_of(campaign, one), given=filled(campaign.edition, level, option, **more), now=NOW
        )
