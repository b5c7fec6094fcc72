"""Keeping a computed month: frozen inputs with the result once, and the same result as rows to ask for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction

from alliance.lib.canonical import to_plain
from alliance.models import Institution
from performance.engine.inputs import MonthInputs
from performance.engine.month import InstitutionScore, MonthResult
from performance.engine.month import Line as Share
from performance.models import IndicatorValue, Line, PoolDecision, SchemeVersion, Score, Settlement
from performance.services.codeversion import code_version


@transaction.atomic
def keep(
    *, inputs: MonthInputs, result: MonthResult, scheme: SchemeVersion, pool: PoolDecision
) -> Settlement:
    """Store a settlement with its rows and return it; the same inputs are the same settlement."""
    fields = {
        "scheme": scheme, "pool": pool, "pool_fen": result.pool_fen, "weight": result.weight,
        "blocked": result.status == "blocked", "inputs": inputs.frozen(), "result": to_plain(result),
        "result_digest": result.digest, "code_version": code_version(),
    }  # fmt: skip
    settlement, made = Settlement.objects.get_or_create(
        month=result.month.first_day,
        scheme_digest=result.scheme_digest,
        inputs_digest=result.inputs_digest,
        defaults=fields,
    )
    if made:
        places = {place.code: place for place in Institution.objects.all()}
        IndicatorValue.objects.bulk_create(_values(settlement, result, places))
        Score.objects.bulk_create(_scores(settlement, result, places))
        Line.objects.bulk_create(_lines(settlement, inputs, result, places))
    return settlement


Places = dict[str, Institution]


def _values(settlement: Settlement, result: MonthResult, places: Places) -> list[IndicatorValue]:
    return [
        IndicatorValue(
            settlement=settlement, institution=places[one.institution], indicator=one.code, value=one.value,
            numerator=one.numerator, denominator=one.denominator, flags=list(one.flags),
            formula=to_plain(one.formula), reason=to_plain(one.reason),
        )
        for one in result.values
    ]  # fmt: skip


def _scores(settlement: Settlement, result: MonthResult, places: Places) -> list[Score]:
    return [
        Score(
            settlement=settlement, institution=places[one.institution], indicator=one.indicator,
            dimension=one.dimension, weight=one.weight, weight_in_effect=one.weight_in_effect,
            score=one.score, limited=one.limited, formula=to_plain(one.formula), reason=to_plain(one.reason),
        )
        for one in result.scores
    ]  # fmt: skip


def _lines(settlement: Settlement, inputs: MonthInputs, result: MonthResult, places: Places) -> list[Line]:
    shares = {share.institution: share for share in result.lines}
    bases = {basis.institution: basis.fen for basis in inputs.bases}
    return [
        Line(
            settlement=settlement, institution=places[one.institution], basis_fen=bases[one.institution],
            **_of_score(one), **_of_share(shares.get(one.institution)),
        )
        for one in result.totals
    ]  # fmt: skip


def _of_score(total: InstitutionScore) -> dict[str, Any]:
    return {
        "column": total.column, "status": total.status, "score": total.score, "points": total.points,
        "possible": total.possible, "missing": list(total.missing), "dimensions": to_plain(total.dimensions),
        "score_formula": to_plain(total.formula),
    }  # fmt: skip


def _of_share(share: Share | None) -> dict[str, Any]:
    if share is None:
        return {"formula": {"key": "blocked", "tokens": []}}
    return {
        "fen": share.fen, "weight": Decimal(share.weight), "quota": share.quota,
        "remainder_rank": share.remainder_rank, "got_extra_fen": share.got_extra_fen,
        "formula": to_plain(share.formula), "reason": to_plain(share.reason),
    }  # fmt: skip
