"""An appeal about a grouped case upheld (数据更正): what its month would have counted of it (practice.md 4).

The case stays as it was delivered, its month as it was approved. What the corrected case gives to each fact
of the month is read by the same sums, its difference corrects the facts the month was frozen with, and from
there it is a corrected fact like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import F

from alliance.lib.period import Month
from grouping.services import asif
from grouping.services.asif import Case, Right, RightRefused
from performance.appeals.refusals import AppealRefused
from performance.appeals.services import anew, standing
from performance.collect import one_case
from performance.collect.one_case import Given
from performance.engine.fact import Fact
from performance.models import Appeal, AppealCase, AppealLine, MonthRun, Settlement

Facts = Mapping[tuple[str, str], Decimal]  # by institution code and name of the fact


@dataclass(frozen=True)
class Fixed:
    """A case of an appeal with what is right of it, and its groups so far and corrected ('': none)."""

    line: AppealLine
    right: Right
    before: str
    after: str


def fixed(lines: Sequence[AppealLine], rights: Mapping[int, Right]) -> list[Fixed]:
    """What is right of the cases of an appeal, by the number of their line.

    Raises AppealRefused (strange, case_same, case_codes, case_group, case_scheme, case_principal).
    """
    known = {line.number: line for line in lines if line.case is not None}
    if not rights.keys() <= known.keys():
        raise AppealRefused("strange")
    return [_fixed(known[number], right) for number, right in sorted(rights.items())]


def _fixed(line: AppealLine, right: Right) -> Fixed:
    case = line.case
    assert case is not None, "a line about a case has one"
    content = {name: value for name, value in right.content.items() if value != getattr(case, name)}
    so_far, right = stands(case), replace(right, content=content)
    with _said(line.number):
        before = asif.result(case, so_far).drg if so_far.counts else ""
        after = asif.result(case, right).drg if right.counts else ""
    if (right.counts, right.content, before) == (so_far.counts, so_far.content, after):
        raise AppealRefused("case_same", field=f"how_{line.number}")
    return Fixed(line, right, before, after)


def stands(case: Case) -> Right:
    """How a case counts today: as it was delivered, or as the last decision in the books has it."""
    last = decided([case.pk]).get(case.pk)
    return last.right if last is not None else Right(case.voided_at is None)


def decided(ids: Iterable[int]) -> dict[int, Fixed]:
    """The decisions in the books about cases, by their pk, that no later delivery has overtaken."""
    rows = AppealCase.objects.filter(
        case__in=list(ids), appeal__state=Appeal.State.CORRECTED, revision=F("appeal__revision"),
        case__revision=F("case_revision"),
    ).select_related("line__case", "appeal").order_by("appeal__ended_at", "pk")  # fmt: skip
    return {
        row.case_id: Fixed(row.line, Right(row.counts, row.content, row.drg), row.before, row.after)
        for row in rows
    }


@contextmanager
def _said(number: int) -> Iterator[None]:
    """What grouping refuses stands at the field of the line it is about."""
    try:
        yield
    except RightRefused as error:
        said = error.params
        if error.reason == "no_scheme":
            raise AppealRefused("case_scheme") from None
        if error.reason == "no_principal":
            raise AppealRefused("case_principal", field=f"diagnoses_{number}") from None
        if error.reason == "no_group":
            raise AppealRefused("case_group", group=said["group"], field=f"drg_{number}") from None
        raise AppealRefused("case_codes", codes=said["codes"], field=f"{said['at']}_{number}") from None


def facts(settlement: Settlement, found: Sequence[Fixed]) -> dict[tuple[str, str], Decimal]:
    """The facts of the month as the corrected cases would have made them: as they stand with the corrections
    in the books, with the difference. A fact the month did not know stays unknown.
    """
    month, earlier = Month.of(settlement.month), standing.of_month(settlement).facts
    stands = {
        (fact.institution, fact.key): fact.value for fact in anew.frozen(settlement).facts
        if fact.month == month and fact.key in one_case.KEYS
    }  # fmt: skip
    stands |= {key: value for key, value in earlier.items() if key in stands}
    moved = _moved(month, frozenset(key for _code, key in stands), found)
    return {
        key: Decimal(stands[key] or 0) + fen for key, fen in moved.items()
        if stands.get(key) is not None
    }  # fmt: skip


def _moved(
    month: Month, keys: frozenset[str], found: Sequence[Fixed], *, afresh: bool = False
) -> dict[tuple[str, str], Decimal]:
    """What the facts of a month differ by if these cases stand as they should, from how they count today or
    (`afresh`) from how they were delivered.
    """
    rights = [(one.line.case, one.right) for one in found if one.line.case is not None]
    ids = [case.pk for case, _right in rights]
    earlier = {} if afresh else decided(ids)
    with asif.standing((case, earlier[case.pk].right) for case, _right in rights if case.pk in earlier):
        before = one_case.given(month, keys, ids)
    with asif.standing(rights):
        after = one_case.given(month, keys, ids)
    return _difference(before, after)


def _difference(before: Given, after: Given) -> dict[tuple[str, str], Decimal]:
    both = {key: Decimal(after.get(key, 0)) - Decimal(before.get(key, 0)) for key in {*before, *after}}
    return {key: value for key, value in both.items() if value}


def settlement_of(lines: Sequence[AppealLine]) -> Settlement:
    """The result in the books that the cases of an appeal belong to. Raises AppealRefused (not_frozen)."""
    month = lines[0].appeal.month
    runs = MonthRun.objects.filter(month=month, state=MonthRun.State.POSTED)
    found: Settlement | None = (
        Settlement.objects.filter(pk__in=runs.values("settlement")).select_related("pool").first()
    )
    if found is None:
        raise AppealRefused("not_frozen")
    return found


def keep(appeal: Appeal, revision: int, found: Iterable[Fixed], corrected: Facts) -> None:
    """Store what was decided about the cases of an appeal, with the facts that follow."""
    kept = [[*key, str(value)] for key, value in sorted(corrected.items())]
    AppealCase.objects.bulk_create(
        AppealCase(
            appeal=appeal, revision=revision, line=one.line, case=one.line.case,
            case_revision=one.line.case.revision if one.line.case else 0, counts=one.right.counts,
            content=dict(one.right.content), drg=one.right.drg, before=one.before, after=one.after,
            facts=kept,
        )
        for one in found
    )  # fmt: skip


def again(collected: Iterable[Fact], month: Month, codes: set[str]) -> list[Fact]:
    """Facts of some institutions read anew, with what was decided about their cases: a decision outlives the
    next reading, until a delivery corrects the case itself.
    """
    rows = AppealCase.objects.filter(appeal__month=month.first_day, case__institution__code__in=codes)
    found = list(decided(rows.values_list("case", flat=True)).values())
    known = list(collected)
    if not found:
        return known
    keys = frozenset(fact.key for fact in known if fact.key in one_case.KEYS)
    moved = _moved(month, keys, found, afresh=True)
    return [
        replace(fact, value=anew.like(fact.value, Decimal(fact.value) + moved[fact.institution, fact.key]))
        if fact.month == month and fact.value is not None and (fact.institution, fact.key) in moved else fact
        for fact in known
    ]  # fmt: skip
