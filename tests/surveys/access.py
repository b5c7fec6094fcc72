"""The surveys of a side, for the crawl: one that runs, one that is counted, one of the staff."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from alliance.lib.period import Month
from complaints.surveys import keys, services
from complaints.surveys.engine import links
from complaints.surveys.models import Campaign, Edition
from tests.surveys.scene import filled

OCTOBER = Month(2026, 10)
ENOUGH = 31


def edition(side: Any, code: str = "outpatient") -> Edition:
    """A shipped questionnaire, taken over when first asked for."""
    services.adopt_ready(by=side.office, now=timezone.now())
    return Edition.objects.select_related("questionnaire").get(questionnaire__code=code)


def running(side: Any, code: str = "outpatient") -> Campaign:
    """A survey of the side's institution that is answered today."""
    today = timezone.localdate()
    terms = services.Terms(edition(side, code), OCTOBER, 1, [side.place], today, today, handed=ENOUGH)
    return services.open_survey(by=side.office, terms=terms, now=timezone.now())


def counted(side: Any) -> Campaign:
    """Every link answered, a text of the side in each."""
    made, key = running(side), keys.of_links()
    for one in made.tickets.all():
        services.answer_by_link(
            typed=links.text_of(key, made.pk, one.number),
            given=filled(made.edition, 1 + side.serial % 5, words=side.mark), now=timezone.now(),
        )  # fmt: skip
    return services.close(by=side.office, campaign=made, now=timezone.now())
