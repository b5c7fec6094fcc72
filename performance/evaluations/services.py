"""Rounds of evaluation: opened by the office, rated back to back, counted when closed (S3-21..26)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from alliance.lib.canonical import to_plain
from alliance.lib.period import Month
from alliance.lib.refusal import Refused
from alliance.models import Institution, Membership
from alliance.services import journal, parameters
from alliance.tenancy.scope import act_as
from performance import sql
from performance.engine.dictionary import opinions, shipped_dictionary
from performance.engine.evaluators import Evaluators, joined
from performance.engine.evaluators import Opinion as Thought
from performance.engine.restore import restore
from performance.models import EvaluationRound, EvaluatorKind, Invitation, Opinion, Rating
from performance.models.evaluations import LEAST_RATERS
from performance.services import schemes
from performance.services.rights import require

RUN = "evaluation.run"
State = EvaluationRound.State
PEERS = "peer_review"  # S3-23: without self-rating
# Who speaks from outside bears a role that says so: the office that runs the round is no third party.
OUTSIDE = {EvaluatorKind.THIRD_PARTY: "third_party_evaluator", EvaluatorKind.AUTHORITY: "authority"}
# Where no scheme names its evaluators yet: everybody who rates counts alike.
ALIKE = Evaluators(*[Decimal(20)] * 5)


class EvaluationRefused(Refused):
    """A round or a rating that cannot stand."""

    reasons = {
        "indicator": "Only an indicator of opinion is rated.",
        "days": "The last day of rating is not before the first.",
        "there": "This indicator has a round in %(month)s already.",
        "twice": "%(about)s is asked as two kinds of rater; choose one.",
        "own": "Members rate each other here, never themselves: ask no own staff.",
        "role": "%(about)s cannot rate as %(kind)s: who rates so bears that role, the office does not.",
        "nobody": "Nobody was asked to rate anybody. Choose raters and institutions.",
        "closed": "The round is counted; nothing is rated any more.",
        "not_open": "Rating is open from %(first)s to %(last)s.",
        "given": "This rating was submitted already; it stays as it is.",
        "range": "%(about)s: give 0 to 100 points.",
        "early": "Rating is open until %(last)s. Count it afterwards, or once everybody has rated.",
    }


def indicators() -> dict[str, tuple[str, str]]:
    """Indicators that are opinions, with the facts a round delivers: (points, ratings)."""
    return opinions(shipped_dictionary())


@dataclass(frozen=True)
class Terms:
    """What a round is about and when."""

    name: str
    indicator: str
    month: Month
    opens_on: date
    closes_on: date


Raters = Mapping[str, Sequence[Membership]]


@transaction.atomic
def open_round(
    *, by: Membership, terms: Terms, raters: Raters, subjects: Sequence[Institution]
) -> EvaluationRound:
    """Open a round: every rater is asked about every institution the kind may rate.

    Own staff rate their own institution, members every other, all others everybody. Raises PermissionDenied,
    EvaluationRefused (indicator, days, own, role, twice, there, nobody).
    """
    require(by, RUN)
    if terms.indicator not in indicators():
        raise EvaluationRefused("indicator")
    if terms.closes_on < terms.opens_on:
        raise EvaluationRefused("days")
    if terms.indicator == PEERS and raters.get(EvaluatorKind.INTERNAL):
        raise EvaluationRefused("own")
    _require_roles(raters)
    version = schemes.in_force(terms.month)
    weights = (version.judges() if version else None) or ALIKE
    asked = int(str(parameters.in_force("peer_review.raters_min", on=terms.month.last_day)))
    try:
        with transaction.atomic():
            made = EvaluationRound.objects.create(
                name=terms.name, indicator=terms.indicator, month=terms.month.first_day,
                opens_on=terms.opens_on, closes_on=terms.closes_on, weights=to_plain(weights),
                least=max(asked, LEAST_RATERS), made_by=by,
            )  # fmt: skip
    except IntegrityError:
        raise EvaluationRefused("there", month=terms.month) from None
    rows = [
        Invitation(round=made, kind=kind, rater=rater, subject=subject)
        for kind, people in raters.items()
        for rater in people
        for subject in subjects
        if _may(kind, rater, subject)
    ]
    if not rows:
        raise EvaluationRefused("nobody")
    Invitation.objects.bulk_create(rows)
    journal.write(by=by, verb="evaluation.opened", about=made, asked=len(rows))
    return made


def _require_roles(raters: Raters) -> None:
    """Raise EvaluationRefused: role (who speaks for a body he does not belong to), twice (in two kinds)."""
    for kind, role in OUTSIDE.items():
        wrong = [one.user.name for one in raters.get(kind, ()) if role not in one.roles]
        if wrong:
            raise EvaluationRefused("role", about="、".join(wrong), kind=kind.label)
    asked = [one for people in raters.values() for one in people]
    twice = {one.user.name for one in asked if asked.count(one) > 1}
    if twice:
        raise EvaluationRefused("twice", about="、".join(sorted(twice)))


def _may(kind: str, rater: Membership, subject: Institution) -> bool:
    own = rater.institution_id == subject.pk
    if kind == EvaluatorKind.INTERNAL:
        return own
    return rater.institution_id is not None and not own if kind == EvaluatorKind.PEER else True


def mine(membership: Membership, made: EvaluationRound) -> QuerySet[Invitation]:
    """Whom the member is asked to rate in a round."""
    rows = Invitation.objects.filter(round=made, rater=membership)
    return rows.select_related("subject").order_by("subject__code")


def asked_of(membership: Membership) -> QuerySet[EvaluationRound]:
    """The rounds in which the member is asked."""
    rounds = Invitation.objects.filter(rater=membership).values("round")
    return EvaluationRound.objects.filter(pk__in=rounds)


@transaction.atomic
def rate(
    *, by: Membership, made: EvaluationRound, points: Mapping[int, Decimal], today: date, now: datetime
) -> int:
    """Submit ratings (0..100) by invitation; they cannot be changed afterwards. Returns how many.

    Raises PermissionDenied (not asked), EvaluationRefused (closed, not_open, given, range).
    """
    rows = {row.pk: row for row in mine(by, made) if row.pk in points}
    if set(rows) != set(points):
        raise PermissionDenied(_("You are not asked to rate this institution."))
    if made.state != State.OPEN:
        raise EvaluationRefused("closed")
    if not made.opens_on <= today <= made.closes_on:
        raise EvaluationRefused("not_open", first=made.opens_on, last=made.closes_on)
    for pk, row in rows.items():
        if row.submitted_at is not None:
            raise EvaluationRefused("given")
        if not 0 <= points[pk] <= 100:
            raise EvaluationRefused("range", about=row.subject.short_name)
    with act_as(by.user):
        Rating.objects.bulk_create(
            Rating(
                invitation=row, round=made, subject=row.subject, kind=row.kind, rater_user=by.user,
                points=points[pk],
            )
            for pk, row in rows.items()
        )  # fmt: skip
    Invitation.objects.filter(pk__in=rows).update(submitted_at=now)
    journal.write(by=by, verb="evaluation.rated", about=made, count=len(rows))
    return len(rows)


def given(membership: Membership, made: EvaluationRound) -> dict[int, Decimal]:
    """What the member gave, by invitation; nobody else can ask."""
    with act_as(membership.user):
        rows = Rating.objects.filter(round=made, invitation__rater=membership)
        return dict(rows.values_list("invitation", "points"))


@transaction.atomic
def close(*, by: Membership, made: EvaluationRound, today: date, now: datetime) -> EvaluationRound:
    """Count the ratings. Raises PermissionDenied, EvaluationRefused (closed, early)."""
    require(by, RUN)
    found = EvaluationRound.objects.select_for_update().get(pk=made.pk)
    if found.state != State.OPEN:
        raise EvaluationRefused("closed")
    waits = found.invitations.filter(submitted_at=None).exists()
    if waits and today <= found.closes_on:
        raise EvaluationRefused("early", last=found.closes_on)
    sql.count_ratings(found.pk, found.least)
    found.close()
    found.closed_by, found.closed_at = by, now
    found.save()
    journal.write(by=by, verb="evaluation.counted", about=found)
    return found


@dataclass(frozen=True)
class Outcome:
    """An institution's result: what each kind thinks, and the weighted mean (None: too few raters)."""

    subject: Institution
    opinions: tuple[Opinion, ...]
    points: Decimal | None
    n: int


def outcomes(
    rounds: Iterable[EvaluationRound], judges: Evaluators | None = None
) -> list[tuple[EvaluationRound, Outcome]]:
    """The results of counted rounds, by institution; one query. `judges` weigh instead of the round's own."""
    found = {one.pk: one for one in rounds}
    gathered: dict[tuple[int, int], list[Opinion]] = {}
    rows = Opinion.objects.filter(round__in=found).select_related("subject")
    for row in rows.order_by("subject__code", "kind"):
        gathered.setdefault((row.round_id, row.subject_id), []).append(row)
    return [
        (found[pk], _outcome(found[pk], opinions, judges)) for (pk, _subject), opinions in gathered.items()
    ]


def _outcome(made: EvaluationRound, opinions: list[Opinion], judges: Evaluators | None) -> Outcome:
    thoughts = [Thought(row.kind, row.n, row.mean, row.spread) for row in opinions]
    points = joined(thoughts, judges or restore(Evaluators, made.weights))
    n = sum(row.n for row in opinions if row.mean is not None)
    return Outcome(opinions[0].subject, tuple(opinions), points, n)


def of_fact(key: str, month: Month, institution: Institution) -> list[Opinion]:
    """The opinions behind a fact of an institution and month."""
    codes = [code for code, pair in indicators().items() if key in pair]
    rows = Opinion.objects.filter(
        round__indicator__in=codes, round__month=month.first_day, subject=institution
    )
    return list(rows.order_by("kind"))
