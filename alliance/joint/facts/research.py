"""Joint research projects that run in a month, counted for every institution that takes part (S3-18)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from alliance.joint.models import Research, ResearchPartner
from alliance.lib.period import Month

RESEARCH_KIND = Research._meta.label_lower


@dataclass(frozen=True, slots=True)
class ResearchFact:
    """One institution's month: projects it leads, projects it takes part in (led ones included)."""

    month: Month
    institution_id: int
    led_ids: tuple[int, ...]
    joined_ids: tuple[int, ...]


def research_facts(month: Month) -> list[ResearchFact]:
    """Institutions with a project that runs on any day of the month, by id; two queries."""
    running = running_between(month.first_day, month.last_day)
    led: dict[int, set[int]] = defaultdict(set)
    joined: dict[int, set[int]] = defaultdict(set)
    for pk, place in running.order_by().values_list("pk", "institution"):
        led[place].add(pk)
        joined[place].add(pk)
    partners = ResearchPartner.objects.filter(research__in=running.order_by().values("pk"))
    for pk, place in partners.order_by().values_list("research", "institution"):
        joined[place].add(pk)
    return [
        ResearchFact(month, place, tuple(sorted(led[place])), tuple(sorted(ids)))
        for place, ids in sorted(joined.items())
    ]


def running_between(first: date, last: date) -> QuerySet[Research]:
    """Projects that run on some day between; one that nobody ended runs until its planned last day."""
    still = Q(ended_on=None, last_day__gte=first) | Q(ended_on__gte=first)
    rows: QuerySet[Research] = Research.objects.filter(still, first_day__lte=last)
    return rows
