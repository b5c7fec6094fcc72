"""What consultations tell the floors above: rows by place and month, with the ids behind every number.

Source: S0-28 (timely response), S2-30 (concordance, waiting), S2-58 (shared centres), S3-06 and S3-18 (use,
remote readings), S3-51 (fees between institutions).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from alliance.lib.period import Month
from referrals import measuring
from referrals.consultations.models import READINGS, Concordance, Consultation, Fee, Kind
from referrals.measuring import Measure, PlaceFact

ASKING = {"institution": "origin_institution", "department": "origin_department", "doctor": "asked_doctor"}
ANSWERING = {"institution": "target_institution", "department": "target_department", "doctor": "assigned_to"}
KEPT = ~Q(state="cancelled")
ANSWERED = Q(answered_at__isnull=False)


def _verdict(basis: str, *verdicts: str) -> Exists:
    return Exists(
        Concordance.objects.filter(
            consultation=OuterRef("pk"), basis=basis, verdict__in=verdicts or Concordance.Verdict
        )
    )


def judged() -> Q:
    """With a comparison of either basis."""
    return Q(_verdict("gold")) | Q(_verdict("answer"))


def concordant() -> Q:
    """Agreeing by the final proof where there is one, else by the asker's comparison with the answer."""
    return Q(_verdict("gold", "agrees")) | (~Q(_verdict("gold")) & Q(_verdict("answer", "agrees")))


MEASURES: Mapping[str, Measure] = {
    one.name: one
    for one in (
        # Asked by the place in the month, cancelled ones aside.
        Measure("consultations_asked", ASKING, "asked_at", lambda: KEPT & Q(kind=Kind.CONSULTATION)),
        Measure("readings_asked", ASKING, "asked_at", lambda: KEPT & Q(kind__in=READINGS)),
        Measure("tests_asked", ASKING, "asked_at", lambda: KEPT & Q(kind=Kind.LABORATORY)),
        # Asked of the place in the month, and what became of exactly these, whenever it happened.
        Measure("questions_received", ANSWERING, "asked_at", lambda: KEPT),
        Measure("questions_answered", ANSWERING, "asked_at", lambda: KEPT & ANSWERED),
        Measure(
            "answered_in_time",
            ANSWERING,
            "asked_at",
            lambda: KEPT & ANSWERED & Consultation.in_time(F("answered_at")),
        ),
        Measure("questions_declined", ANSWERING, "asked_at", lambda: Q(state="declined")),
        # Answered by the place in the month.
        Measure("consultations_answered", ANSWERING, "answered_at", lambda: Q(kind=Kind.CONSULTATION)),
        Measure("readings_answered", ANSWERING, "answered_at", lambda: Q(kind__in=READINGS)),
        Measure("tests_answered", ANSWERING, "answered_at", lambda: Q(kind=Kind.LABORATORY)),
        Measure("answers_given", ANSWERING, "answered_at", Q),
        Measure("answers_judged", ANSWERING, "answered_at", judged),
        Measure("answers_concordant", ANSWERING, "answered_at", concordant),
    )
}
WAIT, ANSWERS = "wait_minutes", "answers_given"


def consultation_facts(month: Month, level: str = "institution") -> list[PlaceFact]:
    """One fact for each place of a level; always three queries.

    Timely response = answered_in_time ÷ questions_received: a question that was declined or still waits was
    not answered in time. Concordance = answers_concordant ÷ answers_judged, "agrees" alone. `sums` holds
    wait_minutes: whole minutes from request to answer of all answers given in the month; divided by
    answers_given it is the mean wait. Use of remote consultation (S3-06)
    is consultations_asked per 1,000 served persons: the indicator divides.
    """
    rows = Consultation.objects.all()
    found = measuring.counted(rows, list(MEASURES.values()), month, level)
    return measuring.facts(level, month, found, _waits(month, ANSWERING[level]))


def _waits(month: Month, column: str) -> dict[int, dict[str, int]]:
    begin, end = measuring.bounds(month)
    answered = Consultation.objects.filter(answered_at__gte=begin, answered_at__lt=end)
    waited = answered.order_by().values_list(column).annotate(wait=Sum(F("answered_at") - F("asked_at")))
    return {place: {WAIT: int(wait.total_seconds()) // 60} for place, wait in waited if place is not None}


def named(ids: Iterable[int]) -> QuerySet[Consultation]:
    """Consultations by their keys, with everything a list names."""
    rows: QuerySet[Consultation] = Consultation.objects.filter(pk__in=list(ids)).with_names()
    return rows


def records(month: Month, what: str, level: str, pk: int | None) -> QuerySet[Any]:
    """The very consultations behind one number, of all places without `pk`, oldest first.

    Raises KeyError for an unknown measure.
    """
    measure = MEASURES[what]
    rows = measuring.rows_of(Consultation.objects.all(), measure, month)
    if pk is not None:
        rows = rows.filter(**{measure.places[level]: pk})
    return rows.order_by("pk")


@dataclass(frozen=True, slots=True)
class FeeTransfer:
    """What one institution owes another for the answers of a month, in fen, with the consultations behind.

    The payer asked and collected `fee_fen` from the patients; it keeps `kept_fen` and owes `owed_fen`.
    """

    payer: str
    payee: str
    month: Month
    fee_fen: int
    kept_fen: int
    owed_fen: int
    ids: tuple[int, ...]


def fee_transfers(month: Month) -> list[FeeTransfer]:
    """The debts of a month from institution to institution, by code; one query (practice section 6)."""
    begin, end = measuring.bounds(month)
    pairs = (
        Fee.objects.filter(charged_at__gte=begin, charged_at__lt=end)
        .order_by()
        .values_list("origin_institution__code", "target_institution__code")
        .annotate(
            fee=Sum("fen"), kept=Sum("asker_fen"), owed=Sum("answerer_fen"),
            ids=ArrayAgg("consultation", order_by="consultation"),
        )
        .order_by("origin_institution__code", "target_institution__code")
    )  # fmt: skip
    return [
        FeeTransfer(payer, payee, month, int(fee), int(kept), int(owed), tuple(ids))
        for payer, payee, fee, kept, owed, ids in pairs
    ]


@dataclass(frozen=True, slots=True)
class FeeFact:
    """What one answered consultation leaves between two institutions (ids), in fen.

    The payer asked and collected `fee_fen` from the patient; it keeps a part and owes `owed_fen`.
    """

    consultation: int
    payer: int
    payee: int
    fee_fen: int
    owed_fen: int


def fee_facts(month: Month) -> list[FeeFact]:
    """The debts of a month, consultation by consultation; one query (practice section 6, S3-51)."""
    begin, end = measuring.bounds(month)
    rows = Fee.objects.filter(charged_at__gte=begin, charged_at__lt=end).order_by("consultation")
    fields = ("consultation", "origin_institution", "target_institution", "fen", "answerer_fen")
    return [FeeFact(*row) for row in rows.values_list(*fields)]
