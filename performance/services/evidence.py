"""From a number of a formula down to the very records behind it (conventions 10).

The number of a settlement is frozen; records may have been corrected since. Both are given, so that a
page can say whether they still agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Institution
from grouping import facts as case_books
from grouping.metrics import monthly as metric_books
from performance import collect
from performance.collect import setaside
from performance.collect.source import Why
from performance.engine.fact import add_numbers
from performance.engine.formula import Number
from performance.models import IndicatorValue, Settlement

WEIGHTED = frozenset({"total_weight", "weighted_cases"})


@dataclass(frozen=True)
class Evidence:
    """One fact of a settlement and where it comes from.

    `kind`: case, referral, declaration or institution. `value` and `count` are frozen, `value_now` is what
    the records say today (None: not known). `members`: the institution and its village rooms. `computed_at`
    says which decisions about records it knew.
    """

    institution: Institution
    members: Sequence[Institution]
    month: Month
    key: str
    kind: str
    value: Number | None
    count: int
    value_now: Number | None
    computed_at: datetime

    @property
    def agrees(self) -> bool:
        """True when the records of today still give the frozen number."""
        return self.value == self.value_now


def fact_of(settlement: Settlement, institution: Institution, at: Month, key: str) -> Evidence | None:
    """The fact behind a number of a formula; None when no formula of the institution uses it."""
    token = _token(settlement, institution, at, key)
    if token is None:
        return None
    members = members_of(institution)
    return Evidence(
        institution=institution,
        members=members,
        month=at,
        key=key,
        kind=str(token["evidence_kind"]).partition("+")[0],
        value=_number(token["value"]),
        count=int(token["evidence_count"]),
        value_now=value_now(members, at, key),
        computed_at=settlement.computed_at,
    )


def _token(settlement: Settlement, institution: Institution, at: Month, key: str) -> dict[str, Any] | None:
    rows = IndicatorValue.objects.filter(settlement=settlement, institution=institution)
    for row in rows:
        for token in row.tokens:
            if token.get("origin") == "fact" and (token["name"], token["month"]) == (key, str(at)):
                return token
    return None


def _number(value: Any) -> Number | None:
    """A number out of JSON: text is a decimal."""
    return Decimal(value) if isinstance(value, str) else value


def members_of(institution: Institution) -> list[Institution]:
    """The institution and the village rooms whose facts count for it."""
    rooms = Q(parent=institution, kind=Institution.Kind.VILLAGE)
    return list(Institution.objects.filter(Q(pk=institution.pk) | rooms, is_active=True).order_by("code"))


def value_now(members: Sequence[Institution], at: Month, key: str) -> Number | None:
    """What the records say today: the sum over the members; None when nothing is known of any."""
    codes = {place.code for place in members}
    found = collect.facts_of({at: frozenset({key})}, members)
    values = [fact.value for fact in found if fact.institution in codes and fact.value is not None]
    return add_numbers(values) if values else None


def cases(evidence: Evidence, *, counted: bool = True) -> QuerySet[Any]:
    """The cases behind a fact, oldest discharge first; for weights those counted, or with False the rest."""
    found = case_books.cases(evidence.month).filter(institution__in=[place.pk for place in evidence.members])
    found = found.exclude(pk__in=decided_out(evidence))
    with_weight = Q(group_status="grouped", weight__isnull=False)
    without_weight = Q(weight__isnull=True) | Q(group_status__isnull=True) | ~Q(group_status="grouped")
    if evidence.key not in WEIGHTED:
        return found if counted else found.none()
    return found.filter(with_weight) if counted else found.filter(without_weight)


def metric_cases(evidence: Evidence) -> QuerySet[Any]:
    """The cases behind a sum of the metrics, of the institution itself."""
    found = metric_books.cases(evidence.month, evidence.institution.pk, evidence.key)
    return found.exclude(pk__in=decided_out(evidence))


def decided_out(evidence: Evidence) -> Mapping[int, int]:
    """Records of the kind of a fact that a decision left out when it was computed: the clue by id."""
    return setaside.of(evidence.kind, setaside.held(evidence.computed_at))


def cases_left_out(evidence: Evidence) -> tuple[QuerySet[Any], Why]:
    """The cases of the institution and month that a decision left out, and why each; None of them counts."""
    out = decided_out(evidence)
    places = [place.pk for place in evidence.members]
    found = case_books.cases(evidence.month).filter(institution__in=places, pk__in=out)
    return found, {pk: left_out_why(out[pk]) for pk in found.order_by().values_list("pk", flat=True)}


def left_out_why(clue: int) -> str:
    """Why a record is left out, in the language of the reader."""
    return _("left out by the decision about clue %(n)d") % {"n": clue}


def listed(evidence: Evidence) -> tuple[tuple[int, ...], Why]:
    """The records behind a fact by their keys, and beside them those that were looked at and not counted,
    each with why. Only of facts that rest on a list.
    """
    source = collect.source_of(evidence.kind)
    left: Mapping[str, Why] = {}
    assert source.records is not None, "asked for a kind that can be listed"
    if source.sifted is not None:
        ids, left = source.sifted(evidence.month, evidence.key)
    else:
        ids = source.records(evidence.month, evidence.key)
    codes, out = [place.code for place in evidence.members], decided_out(evidence)
    behind = {one for code in codes for one in ids.get(code, ())}
    why = {pk: said for code in codes for pk, said in left.get(code, {}).items()}
    why |= {pk: left_out_why(out[pk]) for pk in behind & out.keys()}
    return tuple(sorted(behind - out.keys())), why


def rows(evidence: Evidence, ids: Iterable[int]) -> QuerySet[Any]:
    """Records of the kind of a fact by their keys, with everything a list names."""
    source = collect.source_of(evidence.kind)
    assert source.rows is not None, "what has keys can be listed"
    return source.rows(sorted(ids))


def declarations(evidence: Evidence) -> list[case_books.TotalFact]:
    """The statements behind a fact of a month before the system."""
    codes = {place.code for place in evidence.members}
    return [total for total in case_books.declared_totals(evidence.month) if total.code in codes]
