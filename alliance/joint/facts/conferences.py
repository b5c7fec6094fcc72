"""Case conferences of a quarter, institution by institution, and who has none yet (S3-45)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from alliance.joint.models import Conference, Participant
from alliance.lib.period import Quarter
from alliance.models import Institution
from alliance.services import parameters

CONFERENCE_KIND = Conference._meta.label_lower


@dataclass(frozen=True, slots=True)
class ConferenceFact:
    """One institution's quarter: conferences it hosted, those it took part in (hosted ones included).

    `participants`: persons of its own, each counted once a conference. `least`: how many a quarter asks for.
    """

    quarter: Quarter
    institution_id: int
    institution: str
    name: str
    hosted_ids: tuple[int, ...]
    joined_ids: tuple[int, ...]
    participants: int
    least: int

    @property
    def missing(self) -> int:
        """How many it still has to hold or join."""
        return max(0, self.least - len(self.joined_ids))


def conference_facts(quarter: Quarter) -> list[ConferenceFact]:
    """Every active institution but village rooms, by code; four queries. Conferences count when held."""
    held = held_between(quarter.first_day, quarter.last_day)
    hosted: dict[int, set[int]] = defaultdict(set)
    joined: dict[int, set[int]] = defaultdict(set)
    persons: dict[int, int] = defaultdict(int)
    for pk, host in held.order_by().values_list("pk", "host"):
        hosted[host].add(pk)
        joined[host].add(pk)
    present = Participant.objects.filter(conference__in=held.order_by().values("pk"), voided_at=None)
    for conference, place in present.order_by().values_list("conference", "institution"):
        joined[place].add(conference)
        persons[place] += 1
    least = parameters.in_force("cp.joint_conferences", on=quarter.last_day)
    assert isinstance(least, int)
    places = Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)
    return [
        ConferenceFact(
            quarter, one.pk, one.code, one.name, tuple(sorted(hosted[one.pk])),
            tuple(sorted(joined[one.pk])), persons[one.pk], least,
        )
        for one in places.order_by("code")
    ]  # fmt: skip


def held_between(first: date, last: date) -> QuerySet[Conference]:
    """Conferences held from one day to another."""
    rows: QuerySet[Conference] = Conference.objects.filter(
        state=Conference.State.HELD, held_on__range=(first, last)
    )
    return rows


def conference_records(ids: Iterable[int]) -> QuerySet[Conference]:
    """The conferences behind a fact."""
    rows: QuerySet[Conference] = Conference.objects.filter(pk__in=list(ids)).select_related("host")
    return rows
