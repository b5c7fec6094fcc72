"""Opening an item with its computed baseline, planning, measuring again, closing by the figure (S1-73)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Avg
from django.utils.translation import gettext as _

from alliance.lib.canonical import digest, to_plain
from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership
from alliance.services import journal, steps
from performance.engine.indicators import Indicator
from performance.improvement import counted
from performance.improvement.models import RUN, Item, Measure
from performance.improvement.refusals import ImprovementRefused
from performance.meetings.models import Task
from performance.meetings.services import tasks
from performance.models import IndicatorValue
from performance.services import months

SIDES = ("higher", "lower")


def require_run(by: Membership, institution_id: int | None) -> None:
    """Raise PermissionDenied unless the member runs items of the institution."""
    if not (by.can(RUN) and by.sees(institution_id)):
        raise PermissionDenied(_("Your role does not include this step."))


def computed(month: Month, institution: Institution, code: str) -> tuple[IndicatorValue, Indicator] | None:
    """The value that counts for a month now and the indicator as it was defined; None where there is none."""
    run = months.current(month)
    if run is None or run.settlement is None:
        return None
    rows = IndicatorValue.objects.filter(settlement=run.settlement, indicator=code, value__isnull=False)
    found = rows.filter(institution=institution).first()
    defined = run.settlement.indicators().get(code)
    return None if found is None or defined is None else (found, defined)


@dataclass(frozen=True, slots=True)
class Figure:
    """A month's value of an indicator: computed with the month, or (`computed` None) counted from records."""

    defined: Indicator
    value: Decimal
    computed: IndicatorValue | None = None
    terms: tuple[Decimal, Decimal] | None = None  # what was counted, numerator and denominator


def taken(month: Month, institution: Institution, code: str) -> Figure | None:
    """The figure of a month: what it computed; of complaints, where no scheme holds them, what is counted."""
    found = computed(month, institution, code)
    if found is not None:
        return Figure(found[1], figure(found[0]), computed=found[0])
    value = counted.figure(month, institution, code)
    if value is None or value.value is None or value.numerator is None or value.denominator is None:
        return None
    terms = Decimal(str(value.numerator)), Decimal(str(value.denominator))
    return Figure(counted.indicators()[code], value.value, terms=terms)


def definition_digest(indicator: Indicator) -> str:
    """What makes two figures comparable: form, facts, scale and direction, not their words."""
    plain: Any = to_plain(indicator)
    words = ("name_zh", "name_en", "definition_zh", "definition_en", "source")
    return digest({key: value for key, value in plain.items() if key not in words})


@transaction.atomic
def open_item(
    *, by: Membership, institution: Institution, indicator: str, month: Month, title: str, wanted: Decimal,
    source: str, now: datetime, source_id: int | None = None, source_text: str = "",
    department: Department | None = None,
) -> Item:  # fmt: skip
    """Open an item; its baseline is the value the month computed. `wanted` in the indicator's unit.

    Raises PermissionDenied, ImprovementRefused (title, indicator, uncounted, direction, wanted, department,
    doubled: one that is open begins with the same figure).
    """
    require_run(by, institution.pk)
    if not title.strip():
        raise ImprovementRefused("title")
    if department is not None and department.institution_id != institution.pk:
        raise ImprovementRefused("department")
    value = taken(month, institution, indicator)
    if value is None:
        raise _missing(indicator, institution, month)
    defined = value.defined
    if defined.direction not in SIDES:
        raise ImprovementRefused("direction")
    if better(defined, value.value, wanted):
        raise ImprovementRefused("wanted", value=value.value.normalize())
    item = Item(
        title=title.strip(), institution=institution, department=department, source=source,
        source_id=source_id, source_text=source_text.strip(), indicator=indicator, wanted=wanted,
        definition=to_plain(defined), definition_digest=definition_digest(defined), opened_by=by,
        opened_at=now,
    )  # fmt: skip
    _begin_with(by, item, month, value, now)
    journal.write(by=by, verb="improvement.opened", about=item, indicator=indicator, month=str(month))
    return item


def _begin_with(by: Membership, item: Item, month: Month, value: Figure, now: datetime) -> None:
    """Keep the item with its baseline; the database alone sees who opens the same at this moment."""
    try:
        with transaction.atomic():
            item.save()
            _take(by, item, month, value, now, baseline=True)
    except IntegrityError:
        other = Item.objects.open_on(item.institution, item.indicator, month).first()
        if other is None:
            raise
        raise ImprovementRefused("doubled", title=other.title, month=month) from None


def figure(value: IndicatorValue) -> Decimal:
    """The number of a value that was assessed."""
    assert value.value is not None, "the caller has left out what was not assessed"
    return value.value


def better(indicator: Indicator, value: Decimal, other: Decimal) -> bool:
    """Whether a value is as good as another or better."""
    return value <= other if indicator.direction == "lower" else value >= other


def _missing(code: str, institution: Institution, month: Month) -> ImprovementRefused:
    """Why there is no figure, with what helps."""
    reason = "uncounted" if code in counted.indicators() else "indicator"
    return ImprovementRefused(reason, place=institution.short_name, month=month)


def _take(
    by: Membership, item: Item, month: Month, value: Figure, now: datetime, *, baseline: bool
) -> Measure:
    mean = None
    if value.computed is not None:
        rows = IndicatorValue.objects.filter(
            settlement=value.computed.settlement_id, indicator=item.indicator
        )
        mean = rows.aggregate(mean=Avg("value"))["mean"]
    numerator, denominator = value.terms or (None, None)
    made: Measure = Measure.objects.create(
        item=item, month=month.first_day, baseline=baseline, computed=value.computed, value=value.value,
        numerator=numerator, denominator=denominator, mean=mean,
        definition_digest=item.definition_digest, taken_by=by, taken_at=now,
    )  # fmt: skip
    return made


@transaction.atomic
def explain(*, by: Membership, item: Item, cause: str, version: int | None = None) -> Item:
    """Write the cause while the item is planned.

    Raises PermissionDenied, ImprovementRefused (cause), Stale.
    """
    require_run(by, item.institution_id)
    steps.open_now("begin", item, version)
    if not cause.strip():
        raise ImprovementRefused("cause")
    kept: Item = Item.objects.claim(
        item.pk, expect={"state": item.state, "version": item.version},
        change={"cause": cause.strip(), "version": item.version + 1},
    )  # fmt: skip
    journal.write(by=by, verb="improvement.explained", about=kept)
    return kept


@transaction.atomic
def act(
    *, by: Membership, item: Item, title: str, now: datetime, text: str = "",
    owner: Membership | None = None, department: Department | None = None, due_on: date | None = None,
) -> Task:  # fmt: skip
    """Give an action of the item as a task of a member or the institution.

    Raises PermissionDenied, ImprovementRefused (actions: the item has ended), TaskRefused.
    """
    require_run(by, item.institution_id)
    if item.state == Item.State.CLOSED or item.state == Item.State.WITHDRAWN:
        raise ImprovementRefused("actions")
    return tasks.give(
        by=by, about=item, title=title, text=text, owner=owner, institution=item.institution,
        department=department, due_on=due_on, now=now, decided=True,
    )  # fmt: skip


def actions_of(item: Item) -> Any:
    """The tasks of an item."""
    return Task.objects.filter(about_kind=Item._meta.label_lower, about_id=item.pk)


@transaction.atomic
def begin(*, by: Membership, item: Item, version: int | None = None) -> Item:
    """Cause and at least one action stand.

    Raises PermissionDenied, ImprovementRefused (cause, actions), Stale.
    """
    step = steps.admitted("begin", by=by, row=item, version=version)
    if not item.cause:
        raise ImprovementRefused("cause")
    if not actions_of(item).exclude(state=Task.State.DROPPED).exists():
        raise ImprovementRefused("actions")
    moved: Item = steps.take(step, by=by, row=item, verb="improvement.begun")
    return moved


@transaction.atomic
def measure(
    *, by: Membership, item: Item, month: Month, now: datetime, version: int | None = None
) -> Measure:
    """Take the figure a later month computed, by the same definition.

    Raises PermissionDenied, ImprovementRefused (month, indicator, uncounted, changed), Stale.
    """
    step = steps.admitted("measure", by=by, row=item, version=version)
    last = item.measures.latest("month").period
    if month <= last:
        raise ImprovementRefused("month", month=last)
    value = taken(month, item.institution, item.indicator)
    if value is None:
        raise _missing(item.indicator, item.institution, month)
    if definition_digest(value.defined) != item.definition_digest:
        raise ImprovementRefused("changed", month=month)
    made = _take(by, item, month, value, now, baseline=False)
    steps.take(step, by=by, row=item, verb="improvement.measured", said={"month": str(month)})
    return made


@transaction.atomic
def go_on(*, by: Membership, item: Item, reason: str, version: int | None = None) -> Item:
    """Another round. Raises PermissionDenied, ImprovementRefused (conclusion), Stale."""
    step = steps.admitted("go_on", by=by, row=item, version=version)
    if not reason.strip():
        raise ImprovementRefused("conclusion")
    moved: Item = steps.take(step, by=by, row=item, verb="improvement.gone_on", remark=reason)
    return moved


@transaction.atomic
def close(*, by: Membership, item: Item, conclusion: str, now: datetime, version: int | None = None) -> Item:
    """Close by the newest figure: reached or not, as it says.

    Raises PermissionDenied, ImprovementRefused (conclusion, open_actions), Stale.
    """
    step = steps.admitted("close", by=by, row=item, version=version)
    if not conclusion.strip():
        raise ImprovementRefused("conclusion")
    left = actions_of(item).filter(state__in=[Task.State.OPEN, Task.State.ANSWERED]).count()
    if left:
        raise ImprovementRefused("open_actions", n=left)
    newest = item.measures.filter(baseline=False).latest("month")
    reached = better(item.defined(), newest.value, item.wanted)
    closed: Item = steps.take(
        step, by=by, row=item, verb="improvement.closed", now=now, said={"reached": reached},
        conclusion=conclusion.strip(), closing=newest, reached=reached, closed_by=by,
    )  # fmt: skip
    return closed


@transaction.atomic
def withdraw(*, by: Membership, item: Item, reason: str, version: int | None = None) -> Item:
    """Opened by mistake. Raises PermissionDenied, ImprovementRefused (conclusion), Stale."""
    step = steps.admitted("withdraw", by=by, row=item, version=version)
    if not reason.strip():
        raise ImprovementRefused("conclusion")
    moved: Item = steps.take(step, by=by, row=item, verb="improvement.withdrawn", remark=reason)
    return moved
