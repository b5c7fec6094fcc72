"""The very cases behind a figure: of a month and place, narrowed to those the figure counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from alliance.lib.period import Month
from grouping import facts as case_facts
from grouping import sql as cases_sql
from grouping.engine.benchmark import LOW, MID_LOW
from grouping.metrics import facts, rollup, settlement, sql
from grouping.metrics.facts import Scope, Yardstick
from grouping.models import Case, Scheme
from grouping.services import payment_types, schemes

Cases = QuerySet[Case]
Narrow = Callable[[Cases, Month, Scope, Yardstick], Cases]
DIED = 5


def cases(month: Month, scope: Scope, kind: str, yardstick: Yardstick) -> Cases:
    """Cases of a month and scope that a figure of this kind counts, annotated with group and doctor."""
    if kind in PAYMENT:
        # What pays is listed: settlement lists, and front pages that stand in for a list that is not there.
        paid = settlement.ids(month, scope, kind)
        listed: Cases = Case.objects.filter(pk__in=paid).select_related("institution", "person")
        return case_facts.with_group(listed)
    found = case_facts.cases(month, scope.institution)
    if scope.department is not None:
        found = found.filter(department_code=scope.department)
    if scope.drg is not None:
        found = found.filter(group_status="grouped", drg=scope.drg)  # type: ignore[misc]
    if scope.doctor is not None:
        found = sql.with_doctor(found, rollup.doctor_columns(month)).filter(doctor=scope.doctor)
    return KINDS[kind](found, month, scope, yardstick)


def _where(**conditions: Any) -> Narrow:
    return lambda found, *_rest: found.filter(**conditions)


def _unusual(which: str) -> Narrow:
    def narrow(found: Cases, month: Month, scope: Scope, yardstick: Yardstick) -> Cases:
        asked = facts.unusual_arguments([month], yardstick.norms, scope)
        ids = [row["id"] for row in cases_sql.fetch(sql.UNUSUAL_IDS[which], **asked)]
        return found.filter(pk__in=ids)

    return narrow


def _risk(grade: int) -> Narrow:
    def narrow(found: Cases, month: Month, scope: Scope, yardstick: Yardstick) -> Cases:
        drgs = [drg for drg, norm in yardstick.norms.items() if norm.risk == grade]
        return found.filter(group_status="grouped", drg__in=drgs, discharge_way=DIED)  # type: ignore[misc]

    return narrow


def _operated(*levels: int) -> Narrow:
    def narrow(found: Cases, month: Month, scope: Scope, yardstick: Yardstick) -> Cases:
        return found.filter(_any_operation(month, levels or None))

    return narrow


def _any_operation(month: Month, levels: tuple[int, ...] | None, codes: list[str] | None = None) -> Q:
    """Cases with an operation of the list of the scheme of their day, of certain levels or codes."""
    wanted = Q(pk__in=[])
    for scheme, first, last in rollup.periods(month):
        since, until = rollup.midnight(first), rollup.midnight(last + timedelta(days=1))
        inside = Q(discharged_at__gte=since, discharged_at__lt=until)
        wanted |= inside & Q(sql.has_operation(_operations(scheme), levels, codes))
    return wanted


def _operations(scheme: Scheme | None) -> list[str]:
    """The operations of a scheme; none where its files are gone: the sums of the month say the same."""
    try:
        return rollup.operations(scheme)
    except schemes.NoScheme:
        return []


def _minimal(found: Cases, month: Month, scope: Scope, yardstick: Yardstick) -> Cases:
    catalogue = rollup.catalogue_of(month)
    return found.filter(_any_operation(month, None, catalogue.codes if catalogue else []))


def _day(found: Cases, month: Month, scope: Scope, yardstick: Yardstick) -> Cases:
    hours = timedelta(hours=rollup.rules(month).hours[0])
    found = found.filter(_any_operation(month, None)).exclude(discharge_way=DIED)
    return found.filter(sql.lasted_at_most(hours))


def _scope(*, inside: bool) -> Narrow:
    """Grouped cases that the groups pay, or every case that something else pays."""

    def narrow(found: Cases, month: Month, scope: Scope, yardstick: Yardstick) -> Cases:
        outside = payment_types.outside(month, scope.institution)
        if inside:
            return found.filter(group_status="grouped").exclude(pk__in=outside)  # type: ignore[misc]
        return found.filter(pk__in=outside)

    return narrow


KINDS: dict[str, Narrow] = {
    "all": _where(),
    "grouped": _where(group_status="grouped"),
    "weighted": _where(group_status="grouped", weight__isnull=False),
    "dead": _where(discharge_way=DIED),
    "over": _unusual("over"),
    "below": _unusual("below"),
    "lowrisk_dead": _risk(LOW),
    "midlow_dead": _risk(MID_LOW),
    "operated": _operated(),
    "level34": _operated(3, 4),
    "level4": _operated(4),
    "minimal": _minimal,
    "day": _day,
    "in_scope_grouped": _scope(inside=True),
    "out_of_scope": _scope(inside=False),
}
PAYMENT = frozenset({"priced", "passed", "estimated", "high", "over_cap", "low"})
