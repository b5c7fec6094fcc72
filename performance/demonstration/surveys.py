"""Surveys of the demonstration: three counted ones of the third quarter, one of them by family-doctor team;
one of October and one of staff that run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from alliance.demo import DemoAlliance
from alliance.demo.chance import below, stream
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.models import Institution
from alliance.tenancy.scope import act_in
from complaints.surveys import services
from performance.demonstration.ground import Ground

QUARTER, OCTOBER = Month(2026, 7), Month(2026, 10)
BEGAN, ENDED = date(2026, 10, 12), date(2026, 10, 25)
LINKS = 66  # handed out at the desk of each institution
# How patients judge each scale beside the mean of their institution, in hundredths of a level.
OFFSETS = {"environment": 10, "communication": 30, "waiting": -45, "continuity": -15}
WORDS = (
    "候诊时间能不能短一点", "医生讲得很清楚，谢谢", "病房晚上有点吵", "出院后不知道找谁复查", "食堂饭菜偏凉",
    "护士很耐心", "报销讲得不太明白", "检查预约等了两天", "希望镇上也能做这个检查", "停车太难",
)  # fmt: skip
PLAIN = ("up", "none", "none", "down", "none", "yes", "no")


def load(base: Ground, demo: DemoAlliance, today: date) -> str:
    """Open, answer and count; a line of the report."""
    by = base.office[0]
    with act_in(base.alliance), transaction.atomic():
        services.adopt_ready(by=by, now=_at(BEGAN))
        hospitals, primary = _places(base, ("secondary", "tertiary")), _places(base, ("primary",))
        first = [_survey(base, "inpatient", QUARTER, 3, hospitals, BEGAN, ENDED),
                 _survey(base, "outpatient", QUARTER, 3, _places(base), BEGAN, ENDED),
                 _survey(base, "contract", QUARTER, 3, primary, BEGAN, ENDED)]  # fmt: skip
        count = sum(_answered(demo, one, 50 + 9 * place, BEGAN) for place, one in enumerate(first))
        for one in first:
            services.close(by=by, campaign=one, now=_at(ENDED + timedelta(days=1)))
        opened, until = today - timedelta(days=4), today + timedelta(days=9)
        runs = _survey(base, "inpatient", OCTOBER, 1, hospitals, opened, until)
        count += _answered(demo, runs, 24, opened)
        _survey(base, "staff", Month(2026, 1), 12, _places(base), opened, until)
        return f"5 surveys, {count} answers"


def _places(base: Ground, levels: Sequence[str] = ()) -> list[Institution]:
    found = [one for one in base.places.values() if one.kind != Institution.Kind.VILLAGE]
    return [one for one in found if not levels or one.level in levels]


def _survey(
    base: Ground, code: str, month: Month, months: int, places: Sequence[Institution], first: date, last: date
) -> Any:
    terms = services.Terms(
        services.released(code), month, months, places, first, last, LINKS, seed=f"{code}-{month}"
    )
    return services.open_survey(by=base.office[0], terms=terms, now=_at(first))


def _answered(demo: DemoAlliance, survey: Any, share: int, day: date) -> int:
    """About `share` percent answer, fewer in small houses; each house has a mean of its own."""
    questions, given = survey.edition.questions, {}
    for ticket in survey.tickets.select_related("stratum__institution").order_by("number"):
        place = ticket.stratum.institution
        house = stream("survey-house", demo.code, place.code, survey.edition.questionnaire.kind)
        mean, comes = 385 + below(house, 60), share - 8 + below(house, 17)
        dice = stream("survey", demo.code, survey.seed, ticket.number)
        if below(dice, 100) < comes:
            given[ticket.number] = _one(questions, mean + below(dice, 91) - 45, dice)
    return services.answer_many(campaign=survey, given=given, now=_at(day + timedelta(days=1)))


def _one(questions: Sequence[Any], mood: int, dice: Any) -> Mapping[str, str]:
    """One answer: levels around the mood of the person, an option, now and then a few words."""
    found: dict[str, str] = {}
    for one in questions:
        if one.form == "scale":
            level = (mood + OFFSETS.get(one.scale, 0) + below(dice, 121) - 60 + 50) // 100
            found[one.code] = str(min(5, max(1, level)))
        elif one.form == "choice":
            codes = sorted(one.codes)
            wanted = PLAIN[below(dice, len(PLAIN))]
            found[one.code] = wanted if wanted in one.codes else codes[below(dice, len(codes))]
        elif below(dice, 100) < 18:
            found[one.code] = WORDS[below(dice, len(WORDS))]
    return found


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), SHANGHAI)
