"""Agreements of the demonstration: the insurer's with two institutions, one that waits for its check."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from alliance.demo import DemoAlliance
from alliance.models import Institution, Membership
from alliance.services.files import Upload
from alliance.tenancy.scope import act_in
from performance.agreements.models import Agreement, ClauseCheck
from performance.agreements.services import agreements, checks
from performance.consequences import measures
from performance.demonstration.ground import Ground
from performance.improvement import show
from performance.models import IndicatorValue

PAPER = b"%PDF-1.4\n%demonstration\n"
INSURER = "清河县医疗保障局"


def load(base: Ground, demo: DemoAlliance) -> str:
    """Sign, fill from the computed months, check one clause by hand; a line of the report."""
    now = timezone.now()
    with act_in(base.alliance), transaction.atomic():
        months = show.months()
        if len(base.office) < 2 or not months:
            return "no agreement: no month has a result"
        first = months[-1].first_day
        for number, place in enumerate(_signing(base), 1):
            _signed(base, place, number, first)
        checks.fill(by=None, now=now)
        said = _by_hand()
        n = Agreement.objects.count()
        return f"{n} agreements, {ClauseCheck.objects.count()} clause checks, {said} of them by hand"


def _signing(base: Ground) -> list[Institution]:
    """The first three institutions a month has figures of."""
    have = set(IndicatorValue.objects.values_list("institution", flat=True).distinct())
    return [one for _code, one in sorted(base.places.items()) if one.pk in have][:3]


def _signed(base: Ground, place: Institution, number: int, first: date) -> None:
    office, second = base.office[:2]
    township = number == 3
    row = agreements.enter(
        by=office, now=timezone.now(), institution=place, files=[_scan(place)],
        kind=Agreement.Kind.COLLABORATION if township else Agreement.Kind.SERVICE,
        party=Agreement.Party.ALLIANCE if township else Agreement.Party.INSURER,
        party_name=base.alliance.name if township else INSURER,
        number=f"协议〔{first.year}〕{number}号", title="协同发展协议" if township else "医疗保障服务协议",
        begins=first, ends=first.replace(year=first.year + 1) - timedelta(days=1), signed_on=first,
    )  # fmt: skip
    _clauses(office, second, row, number)
    row = agreements.submit(by=office, agreement=Agreement.objects.named().get(pk=row.pk))
    if number < 3:
        agreements.confirm(by=second, agreement=Agreement.objects.named().get(pk=row.pk), now=timezone.now())


def _scan(place: Institution) -> Upload:
    return Upload(f"{place.short_name}协议.pdf", [PAPER], "application/pdf", len(PAPER))


def _clauses(office: Membership, second: Membership, row: Agreement, number: int) -> None:
    """Two promises measured by what the institution has figures of, one checked by hand."""
    values = IndicatorValue.objects.filter(
        institution=row.institution_id, value__isnull=False, indicator__in=measures.indicators()
    )
    codes = sorted(set(values.values_list("indicator", flat=True)))
    for place, code in enumerate(codes[:2]):
        value = values.filter(indicator=code).order_by("-pk").values_list("value", flat=True)[0]
        agreements.add_clause(
            by=office, agreement=row, topic="budget" if place == 0 else "quality",
            title="费用与服务约定" if place == 0 else "质量约定", way="measured", per="month",
            text="按月核算，低于约定须书面说明。", indicator=code, bound=_bound(code, value, number + place),
        )  # fmt: skip
    agreements.add_clause(
        by=office, agreement=row, topic="settlement", title="按期申报结算", way="hand", per="month",
        text="每月十日前申报上月结算材料，材料齐全。", checker=second,
    )  # fmt: skip


def _bound(code: str, value: Decimal, turn: int) -> Decimal:
    """In turns just kept, well kept, missed."""
    share = (Decimal("0.01"), Decimal("0.2"), Decimal("-0.05"))[turn % 3]
    step = (abs(value) * share).quantize(Decimal("0.01"))
    return value - step if measures.side_of(code, "indicator") == "at_least" else value + step


def _by_hand() -> int:
    """Of the first hospital's newest period; the other hospital's waits."""
    done = 0
    for clause in checks.signed():
        if clause.way != "hand" or done or clause.checker is None:
            continue
        for months in checks.periods(clause, timezone.localdate())[-1:]:
            checks.check(
                by=clause.checker, clause=clause, first=months[0].first_day, standing="kept",
                note="当月九日收齐结算材料，核对无缺项。", now=timezone.now(),
            )  # fmt: skip
            done += 1
    return done
