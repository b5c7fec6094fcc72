"""Records that a decision leaves out of the facts: those of a confirmed clue, until another decision (S3-49).

A month that was computed keeps its frozen facts; what is left out shows in whatever is computed afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from alliance.lib.period import Month
from performance.collect.source import Keys, Part, Source
from performance.engine.fact import Fact
from performance.models import ClueRecord, ClueRemedy

# How the records of each source are named in the evidence of a clue.
NAMED = {"case": "case", "metric": "case", "referral": "referral", "declared": "value"}
State = ClueRemedy.State
Held = Mapping[str, Mapping[int, int]]


def held(at: datetime | None = None) -> Held:
    """What is left out now, or was at a moment: by kind and id of a record, the clue; one query."""
    rows = ClueRemedy.objects.filter(kind=ClueRemedy.Kind.EXCLUDE)
    if at is None:
        rows = rows.filter(state=State.IN_FORCE)
    else:
        rows = rows.filter(decided_at__lte=at, state__in=[State.IN_FORCE, State.LIFTED])
        rows = rows.filter(Q(ended_at=None) | Q(ended_at__gt=at))
    found: dict[str, dict[int, int]] = defaultdict(dict)
    records = ClueRecord.objects.filter(clue__in=rows.values("clue"))
    for kind, pk, clue in records.order_by().values_list("kind", "object_id", "clue"):
        found[kind][pk] = clue
    return found


def of(source: str, out: Held) -> Mapping[int, int]:
    """What is left out of one source: the clue by id of the record."""
    return out.get(NAMED.get(source, ""), {})


def without(found: Iterable[Fact], source: Source, month: Month, keys: Keys, out: Held) -> Iterator[Fact]:
    """The facts without what is left out; a fact that rests on one such record alone is not known."""
    parts = shares(source, month, keys, out)
    for fact in found:
        part = parts.get((fact.institution, fact.key)) if fact.evidence_kind == source.kind else None
        yield fact if part is None else _less(fact, part)


def shares(source: Source, month: Month, keys: Keys, out: Held) -> Mapping[tuple[str, str], Part]:
    """What the records left out give to each fact of a month, by institution and key."""
    ids = of(source.kind, out)
    return source.part(month, keys, frozenset(ids)) if ids and source.part is not None else {}


def _less(fact: Fact, part: Part) -> Fact:
    count = fact.evidence_count - part.records
    if part.value is None or fact.value is None:
        return replace(fact, value=None, evidence_count=count)
    return replace(fact, value=fact.value - part.value, evidence_count=count)
