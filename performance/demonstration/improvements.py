"""Two improvement items of the demonstration: one closed by its figure, one under way."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from alliance.demo import DemoAlliance
from alliance.lib.period import Month
from alliance.models import Institution
from alliance.tenancy.scope import act_in
from performance import origins
from performance.demonstration.clock import before, later
from performance.demonstration.ground import Ground
from performance.engine.indicators import Indicator
from performance.improvement import services, show
from performance.improvement.models import Item
from performance.meetings.models import Task
from performance.meetings.services import tasks
from performance.models import IndicatorValue

# Working days back from the hour of loading: opened, the action given, due where it is closed; ahead: due.
OPENED, GIVEN, DUE, AHEAD = 42, 36, 22, 8
CAUSE = "科室没有按周核对本指标，偏离到月底才发现。"


def load(base: Ground, demo: DemoAlliance) -> str:
    """Open both on computed figures; a line of the report."""
    lead, now = base.places["A01"], timezone.now()
    with act_in(base.alliance), transaction.atomic():
        months = show.months()
        if len(months) < 2:
            return "no improvement item: one month alone has a result"
        first, last = months[-1], months[0]
        measured = _measured(lead, first, last)
        for number, (indicator, was, became) in zip(range(2), measured, strict=False):
            goal = _goal(indicator, was, became)
            row = services.open_item(
                by=base.office[0], institution=lead, indicator=indicator.code, month=first,
                title=f"改进：{indicator.name_zh}", wanted=goal, source=Item.Source.PORTRAIT,
                source_id=origins.portrait_number(lead, first), now=before(now, OPENED),
                source_text=f"{first.year}年{first.number}月机构画像：{indicator.name_zh}",
            )  # fmt: skip
            _done(base, row, close=number == 0, last=last)
        return f"{Item.objects.count()} improvement items"


def _measured(lead: Institution, first: Month, last: Month) -> Iterator[tuple[Indicator, Decimal, Decimal]]:
    """Figures of both months by one definition, those that got better first."""
    found = []
    values = IndicatorValue.objects.filter(
        institution=lead, value__isnull=False, settlement__month=first.first_day
    )
    for code in values.values_list("indicator", flat=True).order_by("indicator").distinct():
        one, two = services.computed(first, lead, code), services.computed(last, lead, code)
        if one is None or two is None or one[1].direction not in services.SIDES:
            continue
        if services.definition_digest(one[1]) == services.definition_digest(two[1]):
            found.append((one[1], services.figure(one[0]), services.figure(two[0])))
    yield from sorted(found, key=lambda it: (not _improved(*it), it[0].code))


def _improved(indicator: Indicator, before: Decimal, after: Decimal) -> bool:
    return after != before and services.better(indicator, after, before)


def _goal(indicator: Indicator, before: Decimal, after: Decimal) -> Decimal:
    """What was reached where it got better; else a twentieth better than the baseline."""
    if _improved(indicator, before, after):
        return after
    step = max(abs(before) / 20, Decimal("0.01"))
    return before - step if indicator.direction == "lower" else before + step


def _done(base: Ground, row: Item, *, close: bool, last: Month) -> None:
    office, now = base.office[0], timezone.now()
    row = services.explain(by=office, item=row, cause=CAUSE)
    owner = next(one for one in base.members.values() if one.institution_id == row.institution_id)
    task = services.act(
        by=office, item=row, title="每周核对本指标，偏离目标时当周查明原因", owner=owner,
        now=before(now, GIVEN), due_on=timezone.localdate(before(now, DUE) if close else later(now, AHEAD)),
    )  # fmt: skip
    row = services.begin(by=office, item=Item.objects.named().get(pk=row.pk))
    if not close:
        return
    done, checked = before(now, DUE + 2), before(now, DUE + 1, 15)
    answered = Task.objects.named().get(pk=task.pk)
    tasks.answer(by=owner, task=answered, text="已按周核对，记录在科室台账。", now=done)
    tasks.check(by=office, task=Task.objects.named().get(pk=task.pk), accepted=True, now=checked)
    services.measure(by=office, item=Item.objects.named().get(pk=row.pk), month=last, now=now)
    services.close(
        by=office,
        item=Item.objects.named().get(pk=row.pk),
        conclusion="按周核对有效，写入科室规范。",
        now=now,
    )
