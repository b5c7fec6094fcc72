"""What pages say of cases that an appeal corrects, and of a month computed anew before it is decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from alliance.models import Institution, Membership
from alliance.web import parts
from alliance.web import words as web_words
from grouping import texts, visible
from performance.appeals import words
from performance.appeals.asking import Flag
from performance.appeals.services import month
from performance.appeals.services.cases import fixed
from performance.appeals.services.deciding import Decision
from performance.engine.month import MonthResult
from performance.models import Appeal, AppealCase, AppealLine
from performance.show import labels


@dataclass(frozen=True)
class Changed:
    """One number of a month so far and corrected, as text; `place`: whose."""

    name: str
    place: str
    before: str
    after: str


def changed(lines: Sequence[AppealLine], decision: Decision) -> list[Changed]:
    """What a decision changes of its month before money: groups of cases, values of indicators, scores.

    Raises what `month.corrected` raises.
    """
    found = month.corrected(lines, decision)
    if found is None:
        return []
    settlement, facts = found
    so_far, right = month.results(settlement, facts)
    indicators = settlement.indicators()
    names = dict(Institution.objects.values_list("code", "short_name"))
    groups = [
        Changed(words.line(one.line), _("group"), _group(one.before), _group(one.after))
        for one in fixed(lines, decision.cases)
    ]
    return [*groups, *_values(so_far, right, indicators, names), *_scores(so_far, right, names)]


def _values(so_far: MonthResult, right: MonthResult, indicators: Any, names: Any) -> Iterator[Changed]:
    before = {(one.institution, one.code): one.value for one in so_far.values}
    for one in right.values:
        was = before.get((one.institution, one.code))
        if was != one.value:
            found = indicators[one.code]
            yield Changed(
                labels.named(found), names.get(one.institution, one.institution), labels.value(was, found),
                labels.value(one.value, found),
            )  # fmt: skip


def _scores(so_far: MonthResult, right: MonthResult, names: Any) -> Iterator[Changed]:
    before = {one.institution: one.score for one in so_far.lines}
    for one in right.lines:
        was = before.get(one.institution)
        if was != one.score:
            yield Changed(
                _("score"), names.get(one.institution, one.institution), web_words.assessed(was, 4),
                web_words.assessed(one.score, 4),
            )  # fmt: skip


def _group(code: str) -> str:
    return code or _("does not count")


def said(row: AppealCase) -> str:
    """What was decided about a case, in words."""
    found = [f"{_group(row.before)} → {_group(row.after)}"] if row.before != row.after else []
    names = {"diagnoses": _("diagnoses"), "procedures": _("procedures"), "stay_days": _("days of stay"),
             "discharge_way": _("way of discharge")}  # fmt: skip
    for name, value in row.content.items():
        text = " ".join(value) if isinstance(value, list) else str(value)
        if name == "discharge_way":
            text = str(texts.DISCHARGE_WAYS.get(value, value))
        found.append(f"{names[name]}: {text or web_words.DASH}")
    return " · ".join(found) or _("counts in this month")


def facts(appeal: Appeal) -> list[parts.Fact]:
    """What an appeal decides about its cases; one query."""
    rows = AppealCase.objects.filter(appeal=appeal, revision=appeal.revision).select_related("line__case")
    return [parts.Fact(words.line(row.line), said(row)) for row in rows]


def beside_case(by: Membership, pk: int, now: datetime) -> Flag:
    """On the page of a case: what appeals in the books say of it, the record being as delivered."""
    seen = visible.documents(by).filter(pk=pk).values("pk")
    rows = AppealCase.objects.filter(
        case=pk, case__in=seen, appeal__state=Appeal.State.CORRECTED
    ).select_related("appeal", "case").order_by("-appeal__ended_at")  # fmt: skip
    row = next((row for row in rows if row.revision == row.appeal.revision), None)
    if row is None or row.appeal.ended_at is None:
        return Flag()
    at = {"appeal": row.appeal_id, "day": web_words.day(row.appeal.ended_at), "said": said(row)}
    if row.case.revision != row.case_revision:
        return Flag(said=_(
            "Appeal %(appeal)s of %(day)s corrected this case: %(said)s. A later delivery has corrected the "
            "record itself since."
        ) % at)  # fmt: skip
    return Flag(said=_(
        "Appeal %(appeal)s of %(day)s corrected this case: %(said)s. The record below stays as it was "
        "delivered, its month as it was approved; the difference is booked."
    ) % at)  # fmt: skip
