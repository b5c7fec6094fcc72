"""What single cases give to the facts of their month, as they stand or as they should have stood."""

from __future__ import annotations

from collections.abc import Sequence

from alliance.lib.period import Month
from alliance.models import Institution
from grouping import facts as books
from grouping.metrics import monthly
from performance.collect import cases, setaside
from performance.collect.metrics import METRIC
from performance.collect.source import Keys
from performance.engine.formula import Number

KEYS = cases.CASE_KEYS | monthly.KEYS
GROUPS = "drg_count"  # no sum over cases: counted over all of an institution's

Given = dict[tuple[str, str], Number]  # by code of the institution and key


def given(month: Month, keys: Keys, ids: Sequence[int]) -> Given:
    """What these cases give to the facts of a month among `keys`, and of their institutions the number of
    groups; cases that a decision leaves out give nothing. Reads the cases as they stand now.
    """
    out = setaside.of(METRIC, setaside.held())
    counting = [pk for pk in ids if pk not in out]
    places = {
        place.pk: place.code
        for place in Institution.objects.filter(pk__in=books.institutions_of(ids))
    }  # fmt: skip
    found: Given = {}
    if counting:
        for place, part in cases.SOURCES[0].part(month, keys, frozenset(counting)).items():  # type: ignore[misc]
            found[place] = part.value or 0
        for row in monthly.given_by(month, counting):
            for key in keys & row.values.keys() & monthly.KEYS:
                found[places[row.institution_id], key] = row.values[key]
    if GROUPS in keys:
        for pk, code in places.items():
            found[code, GROUPS] = books.groups_met(month, pk, without=list(out))
    return found
