"""What referrals tell the floors above: one row per institution and month, with the ids behind every number.

Definitions section 4; the indicators that divide these numbers stand in performance/data/indicators.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BigIntegerField, CharField, F, Q, QuerySet, Value
from django.utils import timezone

from alliance.lib.period import Month
from alliance.models import Institution, Membership
from referrals.measuring import bounds
from referrals.models import Referral, VisitCount
from referrals.models.queries import accepted, undecided
from referrals.services import visits as visit_counts
from referrals.services.ineffective import Finding, findings

VILLAGE = Institution.Kind.VILLAGE
__all__ = [
    "EFFECTIVE", "INEFFECTIVE", "JUDGED", "KEYS", "KIND", "MEASURES", "Finding", "Measure", "ReferralFact",
    "SmallFact", "department_facts", "doctor_facts", "ineffective", "judged", "named", "records",
    "referral_facts", "visits", "visits_named",
]  # fmt: skip
KIND = Referral._meta.label_lower


@dataclass(frozen=True, slots=True)
class Measure:
    """One countable thing: whose it is (origin, target), which time puts it in a month, which rows count."""

    name: str
    side: str
    stamp: str
    counts: Callable[[datetime], Q]


MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        # Sent by the institution, submitted in the month.
        Measure("up_logged_sent", "origin", "logged_at", lambda now: Q(direction="up")),
        Measure("down_logged_sent", "origin", "logged_at", lambda now: Q(direction="down")),
        # The patient arrived at the receiver's in the month, whenever the referral was logged.
        Measure("up_arrived_sent", "origin", "arrived_at", lambda now: Q(direction="up")),
        Measure("up_arrived_received", "target", "arrived_at", lambda now: Q(direction="up")),
        Measure("down_arrived_sent", "origin", "arrived_at", lambda now: Q(direction="down")),
        Measure("down_arrived_received", "target", "arrived_at", lambda now: Q(direction="down")),
        # Submitted to the institution in the month, and what became of exactly these, whenever it happened.
        # One that may still be answered in time is not assessed yet: neither a success nor a failure.
        Measure("referrals_received", "target", "logged_at", lambda now: ~undecided(now)),
        Measure("referrals_undecided", "target", "logged_at", undecided),
        Measure("referrals_answered", "target", "logged_at", lambda now: Q(answered_at__isnull=False)),
        Measure("referrals_accepted", "target", "logged_at", lambda now: accepted()),
        Measure(
            "referrals_accepted_in_time",
            "target",
            "logged_at",
            lambda now: accepted() & Referral.in_time(F("answered_at")),
        ),
        Measure("referrals_declined", "target", "logged_at", lambda now: Q(state="declined")),
    )
}

# Of those that arrived, what counts: without the ineffective ones (S3-49), as in the rates of the month.
EFFECTIVE: Mapping[str, str] = {
    f"{way}_effective_{side}": f"{way}_arrived_{side}"
    for way in ("up", "down")
    for side in ("sent", "received")
}
# Sent, arrived and found to be ineffective.
INEFFECTIVE = "ping_pong_referrals"
JUDGED = frozenset((*EFFECTIVE, INEFFECTIVE))
KEYS = JUDGED | MEASURES.keys()


@dataclass(frozen=True, slots=True)
class ReferralFact:
    """One institution's month in referrals; counts of referrals, 0 where there were none.

    `ids` holds for each count the primary keys of its referrals, ascending; the counts are their lengths.
    up_logged_sent, down_logged_sent: logged in the month by this institution.
    up_arrived_sent, down_arrived_sent: sent by it and arrived in the month; up_arrived_received,
    down_arrived_received: the same seen from the receiver.
    referrals_received: submitted to it in the month, cancelled ones too, because 及时率 divides by what was
    submitted, but not those whose answer is not due yet: referrals_undecided. Of exactly these:
    referrals_answered (accepted or declined), referrals_accepted, referrals_accepted_in_time (within the
    limit that held when logged), referrals_declined.
    """

    institution_id: int
    institution: str
    month: Month
    ids: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    # Who is paid for it: the township of a village room, itself elsewhere.
    unit_id: int = 0

    def count(self, what: str) -> int:
        """The number of referrals of a measure. Raises KeyError for a measure that does not exist."""
        return len(self.ids.get(MEASURES[what].name, ()))

    @property
    def counts(self) -> dict[str, int]:
        """Every measure with its number."""
        return {what: self.count(what) for what in MEASURES}


def referral_facts(month: Month, *, now: datetime | None = None) -> list[ReferralFact]:
    """One `ReferralFact` for each institution of the alliance in scope, by code; always two queries.

    An arrival belongs to the month of `arrived_at`, what was submitted to that of `logged_at` (Shanghai).
    `now`, the present when left out, says what is due: nothing else depends on it, and of a month whose
    limits have passed this does not either.
    Source: definitions section 4 (rates), S3-58, S3-61, S3-63, S3-64.
    """
    found: dict[int, dict[str, tuple[int, ...]]] = {}
    at = now or timezone.now()
    grouped: list[Any] = [_grouped(measure, month, at) for measure in MEASURES.values()]
    for institution_id, what, ids in grouped[0].union(*grouped[1:], all=True):
        found.setdefault(institution_id, {})[what] = tuple(ids)
    places = Institution.objects.order_by("code").values_list("pk", "code", "kind", "parent")
    return [
        ReferralFact(pk, code, month, found.get(pk, {}), parent if kind == VILLAGE and parent else pk)
        for pk, code, kind, parent in places
    ]


@dataclass(frozen=True, slots=True)
class SmallFact:
    """A department's or a doctor's month in referrals: ids by measure, as in `ReferralFact`.

    A department has measures of both sides; a doctor (`member_id`) those of the sending side. `department_id`
    None: the referral named none.
    """

    institution_id: int
    department_id: int | None
    member_id: int | None
    month: Month
    ids: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def count(self, what: str) -> int:
        """The number of referrals of a measure. Raises KeyError for a measure that does not exist."""
        return len(self.ids.get(MEASURES[what].name, ()))


def department_facts(month: Month, *, now: datetime | None = None) -> list[SmallFact]:
    """One row for each department with a referral in the month, by institution and department; one query."""
    return _small(month, list(MEASURES.values()), now, by_member=False)


def doctor_facts(month: Month) -> list[SmallFact]:
    """One row for each sending doctor and department of the month, by institution; one query."""
    own = [measure for measure in MEASURES.values() if measure.side == "origin"]
    return _small(month, own, None, by_member=True)


def _small(
    month: Month, measures: list[Measure], now: datetime | None, *, by_member: bool
) -> list[SmallFact]:
    at = now or timezone.now()
    grouped: list[Any] = [_grouped(one, month, at, small=True, by_member=by_member) for one in measures]
    found: dict[tuple[int, int | None, int | None], dict[str, tuple[int, ...]]] = {}
    for place, what, department, member, ids in grouped[0].union(*grouped[1:], all=True):
        found.setdefault((place, department, member), {})[what] = tuple(ids)
    keys = sorted(found, key=lambda key: tuple(part or 0 for part in key))
    return [SmallFact(*key, month, found[key]) for key in keys]


def records(
    month: Month, institution_id: int, what: str, *, now: datetime | None = None
) -> QuerySet[Referral]:
    """The very referrals behind one number of `referral_facts`, oldest first.

    Raises KeyError for an unknown measure.
    """
    measure = MEASURES[what]
    rows = _rows(measure, month, now or timezone.now())
    own: QuerySet[Referral] = rows.filter(**{f"{measure.side}_institution": institution_id})
    return own.order_by("pk")


def named(ids: Iterable[int]) -> QuerySet[Referral]:
    """Referrals by their keys, with everything a list names."""
    rows: QuerySet[Referral] = Referral.objects.filter(pk__in=list(ids)).with_lines()
    return rows


def ineffective(month: Month, *, now: datetime | None = None) -> dict[int, Finding]:
    """The ineffective ones of the referrals that arrived in a month, by id.

    The one judgement that rates, facts and mutual confirmation share (S3-49). Three queries.
    """
    return findings(month, now=now or timezone.now())


def judged(ids: Mapping[str, tuple[int, ...]], flagged: Collection[int]) -> dict[str, tuple[int, ...]]:
    """The measures of JUDGED from the ids behind those of MEASURES: what counts, and what was left out."""
    found = {
        name: tuple(one for one in ids.get(arrived, ()) if one not in flagged)
        for name, arrived in EFFECTIVE.items()
    }
    sent = (*ids.get("up_arrived_sent", ()), *ids.get("down_arrived_sent", ()))
    return {**found, INEFFECTIVE: tuple(sorted(one for one in sent if one in flagged))}


def visits(month: Month) -> dict[str, VisitCount | None]:
    """What the primary institutions reported as their visits of a month, by code; None where one that is
    asked has not. One door: V2 of the rates divides by the same statement. Two queries.
    """
    told = visit_counts.latest(month)
    return {place.code: told.get(place.pk) for place in visit_counts.expected(month).order_by("code")}


def numbered(number: str, membership: Membership) -> int | None:
    """The id of the referral of a number among those a member may see, or None."""
    rows = Referral.objects.visible_to(membership).filter(number=number)
    found: int | None = rows.values_list("pk", flat=True).first()
    return found


def visits_named(ids: Iterable[int]) -> QuerySet[VisitCount]:
    """Statements of visits by their keys, with everything a list names."""
    rows: QuerySet[VisitCount] = VisitCount.objects.filter(pk__in=list(ids))
    return rows.select_related("institution", "entered_by__user").order_by("institution__code")


def _rows(measure: Measure, month: Month, now: datetime) -> QuerySet[Referral]:
    begin, end = bounds(month)
    within = {f"{measure.stamp}__gte": begin, f"{measure.stamp}__lt": end}
    rows: QuerySet[Referral] = Referral.objects.filter(measure.counts(now), **within)
    return rows


def _grouped(
    measure: Measure, month: Month, now: datetime, *, small: bool = False, by_member: bool = False
) -> Any:
    """(institution, measure, ids) of one measure; `small`: (institution, measure, department, member, ids).

    Who goes outside the alliance is received by nobody here.
    """
    rows = _rows(measure, month, now).filter(**{f"{measure.side}_institution__isnull": False}).order_by()
    columns = [f"{measure.side}_institution", "what"]
    if small:
        member = F("logged_by") if by_member else Value(None, output_field=BigIntegerField())
        rows = rows.annotate(member=member)
        columns += [f"{measure.side}_department", "member"]
    named = rows.annotate(what=Value(measure.name, output_field=CharField()))
    return named.values_list(*columns).annotate(ids=ArrayAgg("pk", order_by="pk"))
