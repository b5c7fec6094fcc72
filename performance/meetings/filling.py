"""What the month brings to a meeting by itself: abnormal departments and institutions, clues, late steps,
money, tasks of earlier resolutions (S1-52, S3-28). A number of queries that does not grow with rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Department, Institution, Membership
from alliance.services import parameters
from alliance.web import words
from grouping import facts as cases
from grouping.engine.metrics import column
from grouping.metrics import facts as metrics
from performance.life import standing
from performance.life import words as life_words
from performance.meetings.models import AgendaItem, Meeting, Task
from performance.models import Clue
from performance.portrait import past, signals
from performance.services import months
from performance.show.frame import Frame

ABNORMAL = "meeting.abnormal"
SAID = 5  # sentences about one institution; its page has all of them
Source = AgendaItem.Source


@dataclass(frozen=True)
class Point:
    """One thing for the agenda: brought by, its key, words, the page where it opens with its arguments.

    A last argument that begins with "?" is the question the page is asked.
    """

    source: str
    key: str
    title: str
    text: str = ""
    page: str = ""
    arguments: Sequence[str] = ()


def points(by: Membership, meeting: Meeting, now: datetime) -> list[Point]:
    """Everything the month brings, in the order of the agenda; of one institution for its own bodies.

    Earlier resolutions first, then what is abnormal, late, and the money.
    """
    month, here = meeting.period, meeting.body.institution
    return [
        *_tasks(meeting), *_departments(month, here), *_institutions(by, month, here),
        *_clues(month, here), *_late(month, here, now), *_money(month, here),
    ]  # fmt: skip


def _tasks(meeting: Meeting) -> Iterator[Point]:
    """Tasks of the body that nobody has closed."""
    rows = Task.objects.filter(
        body=meeting.body_id, state__in=[Task.State.OPEN, Task.State.ANSWERED]
    ).named()  # fmt: skip
    for row in rows.order_by("due_at", "pk"):
        who = row.owner.user.name if row.owner else row.institution.short_name
        said = _("%(who)s, until %(day)s, %(state)s") % {
            "who": who, "day": words.day(row.due_on), "state": row.get_state_display(),
        }  # fmt: skip
        yield Point(Source.TASK, f"task-{row.pk}", row.title, said, "task", (str(row.pk),))


def _departments(month: Month, here: Institution | None) -> Iterator[Point]:
    """Departments whose cost or time index lies above the line in force, the furthest above first."""
    line = cast("dict[str, Any]", parameters.in_force(ABNORMAL, on=month.last_day))
    limit, least = Decimal(line["index"]), int(line["cases"])
    scope = metrics.Scope(institution=here.pk if here else None)
    norms = metrics.yardstick(month).norms
    found = []
    for (place, code), tally in metrics.tallies([month], "department", scope).items():
        indexes = {name: column(tally, norms, name) for name in ("cei", "tei")}
        high = {name: value for name, value in indexes.items() if value is not None and value > limit}
        if high and tally.submitted >= least:
            found.append((max(high.values()), place, code, tally.submitted, indexes))
    places, units = _named(place for _top, place, *_rest in found)
    for _top, place, code, number, indexes in sorted(found, key=lambda one: (-one[0], one[1], one[2])):
        name = units.get((place, code), code)
        text = _("cost index %(cost)s, time index %(time)s, %(n)d discharges; the line is %(line)s") % {
            "cost": words.num(indexes["cei"], 2), "time": words.num(indexes["tei"], 2), "n": number,
            "line": words.num(limit, 2),
        }  # fmt: skip
        title = _("Abnormal department: %(place)s %(name)s") % {"place": places.get(place, ""), "name": name}
        asked = urlencode({"month": month, "by": "department", "institution": place, "department": code})
        key = f"department-{month}-{place}-{code}"[:80]
        yield Point(Source.ABNORMAL, key, title, text, "metrics", (f"?{asked}",))


def _named(places: Iterator[int]) -> tuple[dict[int, str], dict[tuple[int, str], str]]:
    """Short names of institutions, names of departments by institution and code; two queries."""
    wanted = set(places)
    names = dict(Institution.objects.filter(pk__in=wanted).values_list("pk", "short_name"))
    rows = Department.objects.filter(institution__in=wanted).values_list("institution", "code", "name")
    return names, {(place, code): name for place, code, name in rows}


def _institutions(by: Membership, month: Month, here: Institution | None) -> Iterator[Point]:
    """Institutions whose indicators moved to the worse, each in one point."""
    run = months.current(month)
    if run is None or run.settlement is None:
        return
    frame, rule = Frame(by, month, run, run.settlement), past.rule(month)
    before = past.past(month, rule)
    for one in frame.lines():
        if here is not None and one.institution_id != here.pk:
            continue
        worse = [
            signal for signal in signals.of_institution(frame, one, before, rule)
            if signal.kind == signals.KINDS["worse"]
        ]  # fmt: skip
        if worse:
            said = "\n".join(signal.name + _(": ") + signal.sentence for signal in worse[:SAID])
            title = _("Unusual movement: %(place)s, indicators: %(n)d") % {
                "place": one.institution.short_name, "n": len(worse),
            }  # fmt: skip
            yield Point(
                Source.ABNORMAL, f"place-{month}-{one.institution.code}", title, said, "month-portrait",
                (str(month), one.institution.code),
            )  # fmt: skip


def _clues(month: Month, here: Institution | None) -> Iterator[Point]:
    """Clues of the month and of those before that nobody has decided; what is confidential stays with those
    who decide it.
    """
    rows = Clue.objects.filter(state__in=Clue.LIVE, confidential=False, month__lte=month.first_day).named()
    if here is not None:
        rows = rows.filter(institution=here)
    for row in rows.order_by("month", "pk"):
        title = _("Clue: %(name)s, %(place)s") % {
            "name": row.get_detector_display(),
            "place": row.institution.short_name if row.institution else "",
        }  # fmt: skip
        text = f"{words.month(row.month)} · {row.get_severity_display()} · {row.get_state_display()}"
        yield Point(Source.CLUE, f"clue-{row.pk}", title, text, "clue", (str(row.pk),))


def _late(month: Month, here: Institution | None, now: datetime) -> Iterator[Point]:
    """Late steps of the month with who has not delivered."""
    late = [one for one in standing.standings(month, now) if one.state == standing.LATE]
    lacking: dict[str, list[int]] = defaultdict(list)
    for one in late:
        for gap in one.lacking:
            if here is None or gap.institution_id == here.pk:
                lacking[one.planned.step].append(gap.institution_id)
    places, _units = _named(place for gaps in lacking.values() for place in gaps)
    for one in late:
        gaps = lacking[one.planned.step]
        if here is not None and not gaps:
            continue
        said = _("due %(day)s") % {"day": words.day(one.planned.due_on)}
        if gaps:
            names = life_words.names([places[place] for place in gaps if place in places], most=SAID)
            said += "; " + _("missing: %(names)s") % {"names": names}
        title = _("Late: %(step)s") % {"step": one.planned.step.label}
        yield Point(
            Source.LATE, f"late-{month}-{one.planned.step}", title, said, "month-calendar", (str(month),)
        )


def _money(month: Month, here: Institution | None) -> Iterator[Point]:
    """What the discharges of the month cost, how much of it is an estimate; nothing while none is known."""
    found = [one for one in cases.payment_facts(month) if here is None or one.institution_id == here.pk]
    if not found:
        return
    text = _("%(n)d discharges, charges %(fen)s yuan, of which %(part)s yuan are estimated "
             "(%(left)d without a settlement list)") % {
        "n": sum(one.stays for one in found), "fen": words.yuan(sum(one.cost_fen for one in found)),
        "part": words.yuan(sum(one.estimated_fen for one in found)),
        "left": sum(one.estimated for one in found),
    }  # fmt: skip
    title = _("Money of %(month)s") % {"month": words.month(month)}
    yield Point(Source.FORECAST, f"money-{month}", title, text, "payment-month", (f"?month={month}",))
