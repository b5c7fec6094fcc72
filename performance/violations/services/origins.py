"""What a case is about elsewhere: a clue, a broken clause, a signal of a portrait, a row of the insurer's
file, a difference between two houses, a data-quality notice. Each leads to one case, ever: the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web.carrying import Origin
from performance.agreements.models import ClauseCheck
from performance.models import Clue
from performance.portrait import signals
from performance.portrait.past import past, rule
from performance.show import labels
from performance.show.frame import frame
from performance.violations.models import Evidence, Violation

PORTRAIT = "performance.portrait"
# Things that carry on to a case, by the kind `alliance.web.carrying` knows them by.
SOURCES: Mapping[str, tuple[Violation.Source, Evidence.Kind]] = {
    PORTRAIT: (Violation.Source.SIGNAL, Evidence.Kind.SIGNAL),
    "grouping.centralresult": (Violation.Source.CENTRAL, Evidence.Kind.CENTRAL),
    "confirmation.difference": (Violation.Source.ENTRY, Evidence.Kind.ENTRY),
    "performance.declarednotice": (Violation.Source.NOTICE, Evidence.Kind.NOTICE),
}


@dataclass(frozen=True, slots=True)
class About:
    """The record a case begins with: where it stands, what it says, whom it may be about (None: any)."""

    source: Violation.Source
    kind: Evidence.Kind
    pk: int
    text: str
    places: frozenset[int] | None
    mark: str = ""  # which of several signals of one portrait: the indicator


def of_clue(clue: Clue) -> About:
    """A clue two people confirmed."""
    return About(Violation.Source.CLUE, Evidence.Kind.CLUE, clue.pk, "", frozenset(clue.places))


def of_clause(check: ClauseCheck) -> About:
    """A check that found a clause broken."""
    place = check.clause.agreement.institution_id
    return About(Violation.Source.CLAUSE, Evidence.Kind.CLAUSE, check.pk, "", frozenset({place}))


def of_origin(membership: Membership, origin: Origin) -> About | None:
    """A thing the member carries on from; None where it is no ground, such as a signal not there."""
    if origin.kind not in SOURCES:
        return None
    source, kind = SOURCES[origin.kind]
    place = frozenset({origin.institution.pk}) if origin.institution else None
    if origin.kind != PORTRAIT:
        return About(source, kind, origin.pk, origin.title[:500], place)
    said = _signals(membership, origin)
    text = f"{origin.title} · {said}"[:500] if said else ""
    return About(source, kind, origin.pk, text, place, origin.indicator) if said else None


def _signals(membership: Membership, origin: Origin) -> str:
    """What moved unusually of one indicator of a portrait, in sentences; "" where nothing did."""
    month = Month.parse(origin.month)
    found = frame(membership, month)
    indicator = found.indicators.get(origin.indicator)
    if indicator is None or origin.institution is None:
        return ""
    by = rule(month)
    before = past(month, by, institution=origin.institution.pk, indicator=origin.indicator)
    judged = before.judged(origin.institution.pk, indicator, by)
    line = found.line(origin.institution.code)
    told = " ".join(one.sentence for one in signals.of_indicator(found, line, indicator, judged, by))
    return f"{labels.named(indicator)}: {told}" if told else ""


def cases_of(source: Violation.Source, pk: int) -> dict[str, Violation]:
    """The cases a thing led to, by the mark; one query."""
    return {row.source_mark: row for row in Violation.objects.filter(source=source, source_id=pk)}
