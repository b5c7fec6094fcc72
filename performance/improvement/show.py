"""What the pages of improvement items show: figures from the baseline to now, actions, the report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.documents import Document, Part, Table
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import carrying, charts, parts, words
from alliance.web.access import way
from performance.engine.indicators import Indicator
from performance.improvement import counted, forms, origins, tables
from performance.improvement.models import RUN, VIEW, Item, Measure
from performance.improvement.services import SIDES, actions_of
from performance.meetings import tables as task_tables
from performance.meetings.models import Task
from performance.models import MonthRun
from performance.services import months as runs
from performance.show import labels

CHOSEN = 24  # months offered


def rows(membership: Membership) -> Any:
    """Items the member may see, with baseline and newest figure beside them; no query a row."""
    found = Measure.objects.filter(item=OuterRef("pk"))
    newest = found.order_by("-month").values("value")[:1]
    first = found.filter(baseline=True).values("value")[:1]
    return (
        Item.objects.seen_by(membership)
        .named()
        .annotate(
            first_value=Subquery(first), last_value=Subquery(newest),
            later=Count("measures", filter=Q(measures__baseline=False)),
        )
    )  # fmt: skip


def months(*, ended: bool = False) -> list[Month]:
    """Months with a result, newest first; `ended`: those that are over too, for what is counted."""
    days = (
        MonthRun.objects.filter(state__in=MonthRun.WITH_RESULT)
        .order_by("-month")
        .values_list("month", flat=True)
    )
    found = {Month.of(day) for day in days.distinct()[:CHOSEN]}
    return sorted(found | set(counted.months() if ended else ()), reverse=True)


def indicators() -> list[tuple[str, str]]:
    """Indicators of the newest result where more or less is better, and those of complaints, by name."""
    newest = next(iter(months()), None)
    run = runs.current(newest) if newest else None
    known = dict(counted.indicators())
    if run is not None and run.settlement is not None:
        known |= run.settlement.indicators()
    sided = [one for one in known.values() if one.direction in SIDES]
    return sorted(((one.code, labels.named(one)) for one in sided), key=lambda one: one[1])


def page(item: Item, membership: Membership, now: datetime, given: Mapping[str, Any]) -> dict[str, Any]:
    """One item."""
    defined, measures = item.defined(), list(item.measures.select_related("taken_by__user"))
    found = actions_of(item).named()
    return {
        "title": item.title, "item": item, "chip": tables.state_chip(item),
        "facts_item": facts(item, defined, membership),
        "measures": [_measured(one, defined, membership, item) for one in measures],
        "chart": _chart(item, defined, measures), "unit": labels.unit(defined),
        "tasks": [(one, task_tables.who(one), task_tables.task_chip(one, now)) for one in found],
        "actions": actions(item, membership, measures, given), "history": parts.history(item),
        "adding": _adding(item, membership, given),
    }  # fmt: skip


def facts(item: Item, defined: Indicator, membership: Membership) -> list[parts.Fact]:
    """What it is about, what showed it, the goal."""
    better = (
        pgettext("improvement", "less is better")
        if defined.direction == "lower"
        else pgettext("improvement", "more is better")
    )
    named = pgettext("improvement", "%(indicator)s (%(better)s)") % {
        "indicator": labels.named(defined), "better": better,
    }  # fmt: skip
    found = [
        parts.Fact(_("institution"), item.institution.name),
        parts.Fact(_("indicator"), named),
        parts.Fact(pgettext("improvement", "goal"), tables.measured(item.wanted, defined)),
        parts.Fact(pgettext("improvement", "follows from"), str(item.get_source_display())),
        parts.Fact(
            pgettext("improvement", "opened by"), f"{item.opened_by.user} {words.moment(item.opened_at)}"
        ),
    ]  # fmt: skip
    if item.department is not None:
        found.insert(1, parts.Fact(_("department"), item.department.name))
    came_from = _came_from(item, membership)
    if item.source_text or came_from:
        said = item.source_text or (came_from.title if came_from else "")
        url = came_from.url if came_from else ""
        found.append(parts.Fact(pgettext("improvement", "what showed it"), said, url))
    return found


def _measured(one: Measure, defined: Indicator, membership: Membership, item: Item) -> dict[str, Any]:
    url = way(membership, "month-why-indicator", str(one.period), item.institution.code, item.indicator)
    if one.computed_id is None:
        here = way(membership, "complaint-figures")
        url = f"{here}?month={one.period}&institution={item.institution_id}" if here else ""
    return {
        "row": one, "value": labels.value(one.value, defined),
        "terms": [words.plain(term) for term in (one.numerator, one.denominator) if term is not None],
        "mean": words.num(one.mean, defined.decimals) if one.mean is not None else words.DASH,
        "url": url,
    }  # fmt: skip


def _chart(item: Item, defined: Indicator, measures: list[Measure]) -> charts.Chart | None:
    """From the baseline to now, with the goal as a line; None while there is only the baseline."""
    if len(measures) < 2:
        return None
    values = [(words.month(one.month), one.value) for one in measures]
    return charts.line(
        "improvement", _("From the baseline to now"), (_("month"), labels.unit(defined) or _("value")),
        values,
        limits=[(pgettext("improvement", "goal"), item.wanted)], places=defined.decimals,
        sentence=_("Baseline %(first)s, now %(last)s, goal %(goal)s.") % {
            "first": tables.measured(measures[0].value, defined),
            "last": tables.measured(measures[-1].value, defined),
            "goal": tables.measured(item.wanted, defined),
        },
    )  # fmt: skip


def _adding(item: Item, membership: Membership, given: Mapping[str, Any]) -> dict[str, list[parts.Action]]:
    """Forms that open in place: the cause, an action."""
    found: dict[str, list[parts.Action]] = {"cause": [], "action": []}
    if not (membership.can(RUN) and membership.sees(item.institution_id)):
        return found
    if item.state == Item.State.PLAN:
        form = given.get("cause") or forms.CauseForm(auto_id="cause-%s", initial={"cause": item.cause})
        found["cause"].append(parts.Action(_("Write the cause"), _act(item, "explain"), "adjust", form=form))
    if item.state in Item.OPEN:
        form = given.get("action") or forms.ActionForm(by=membership, item=item, auto_id="action-%s")
        found["action"].append(parts.Action(_("Give an action"), _act(item, "action"), "plus", form=form))
    return found


def actions(
    item: Item, membership: Membership, measures: list[Measure], given: Mapping[str, Any]
) -> list[parts.Action]:
    """Begin, measure again, go on, close, withdraw."""
    found = []
    for step in item.steps_for(membership):
        form = given.get(step.name)
        if step.name == "measure":
            ended = item.indicator in counted.indicators()
            later = [one for one in months(ended=ended) if one > measures[-1].period]
            if not later:
                continue
            form = form or forms.MonthForm(months=later, auto_id="measure-%s")
        elif step.name != "begin":
            form = form or forms.ConclusionForm(auto_id=f"{step.name}-%s")
        kind = "primary" if step.name in ("begin", "measure", "close") else ""
        if step.name == "measure" and item.state == Item.State.CHECK:
            kind = ""
        label = str(step.custom["label"])
        found.append(parts.Action(label, _act(item, step.name), step.custom["icon"], kind, form=form))
    return found


def _act(item: Item, step: str) -> str:
    name = step.replace("_", "-")
    return f"{reverse('improvement-act', args=[item.pk, name])}?version={item.version}"


def report(membership: Membership, now: datetime) -> Document:
    """The quality and efficiency report (S1-50): figure, benchmark, cause, actions, result, item by item."""
    items = list(rows(membership).exclude(state=Item.State.WITHDRAWN))
    means: dict[int, Any] = {
        one.item_id: one.mean for one in Measure.objects.filter(item__in=items, baseline=True)
    }
    acted: dict[int, list[str]] = defaultdict(list)
    for task in Task.objects.filter(
        about_kind=Item._meta.label_lower, about_id__in=[one.pk for one in items]
    ).exclude(state=Task.State.DROPPED):  # fmt: skip
        acted[task.about_id].append(
            pgettext("improvement", "%(action)s (%(state)s)")
            % {"action": task.title, "state": task.get_state_display()}
        )
    lines = tuple(_line(one, means.get(one.pk), acted[one.pk]) for one in items)
    heads = (
        _("institution"), _("indicator"), pgettext("improvement", "baseline"),
        pgettext("improvement", "mean of the alliance"), pgettext("improvement", "goal"),
        pgettext("improvement", "now"), pgettext("improvement", "cause"),
        pgettext("improvement", "actions"), pgettext("improvement", "result"),
    )  # fmt: skip
    title = _("%(name)s: quality and efficiency report") % {"name": membership.alliance.name}
    part = Part(_("Improvement items"), "", Table(heads, lines, (2, 3, 4, 5)))
    return Document(
        title,
        formats.date_format(timezone.localtime(now), "DATE_FORMAT"),
        (part,),
        signs=(pgettext("signature", "written by"),),
    )


def _line(one: Any, mean: Any, acted: list[str]) -> tuple[str, ...]:
    defined = one.defined()
    result = str(one.get_state_display())
    if one.state == Item.State.CLOSED:
        result = (
            pgettext("improvement", "goal reached")
            if one.reached
            else pgettext("improvement", "goal not reached")
        )
    return (
        one.institution.short_name, labels.named(defined), tables.measured(one.first_value, defined),
        tables.measured(mean, defined) if mean is not None else words.DASH,
        tables.measured(one.wanted, defined),
        tables.measured(one.last_value, defined) if one.later else words.DASH,
        one.cause or words.DASH, pgettext("improvement", "; ").join(acted) or words.DASH, result,
    )  # fmt: skip


def offered(membership: Membership) -> list[tuple[int, str]]:
    """Open items the member may see, newest first, as what may follow from a report."""
    found = Item.objects.seen_by(membership).exclude(state=Item.State.WITHDRAWN)
    return list(found.values_list("pk", "title")[:CHOSEN])


def offers(membership: Membership, origin: carrying.Origin) -> list[parts.Action]:
    """An item about a thing that was noticed, its baseline filled in as far as the thing names it."""
    place = origin.institution
    may = membership.can(VIEW) and membership.can(RUN) and origin.kind in origins.SOURCES
    if not may or (place is not None and not membership.sees(place.pk)):
        return []
    given = {
        "institution": place.code if place else "", "indicator": origin.indicator, "month": origin.month,
        "source": str(origins.SOURCES[origin.kind]), "source_id": origin.pk,
        "source_text": origin.title[:300], "title": origin.title[:160],
    }  # fmt: skip
    query = urlencode({key: value for key, value in given.items() if value})
    url = f"{reverse('improvement-open')}?{query}"
    return [parts.Action(_("Make an improvement item…"), url, "refresh", get=True)]


def follows(membership: Membership, kind: str, pk: int) -> list[parts.Fact]:
    """The items about a thing that the member may open."""
    if kind not in origins.SOURCES or not membership.can(VIEW):
        return []
    rows = Item.objects.seen_by(membership).filter(source=origins.SOURCES[kind], source_id=pk)
    return [
        parts.Fact(row.title, str(row.get_state_display()), reverse("improvement", args=[row.pk]))
        for row in rows.order_by("pk")
    ]


def _came_from(item: Item, membership: Membership) -> carrying.Origin | None:
    """The thing an item follows from, if the member may know it."""
    return origins.named(membership, item.source, item.source_id) if item.source_id is not None else None


def origin(membership: Membership, pk: int) -> parts.Fact:
    """The item an action belongs to; it opens for who may see it."""
    seen = Item.objects.seen_by(membership).filter(pk=pk).exists()
    url = way(membership, "improvement", pk) if seen else ""
    return parts.Fact(pgettext("task", "from"), _("improvement item"), url)
