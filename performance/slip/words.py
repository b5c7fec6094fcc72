"""A person's indicators in words: value, range of those scored alike, last month, where it is explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.web import words as web_words
from alliance.web.access import way
from performance.appeals import asking
from performance.models import Appeal, AppealLine, LevelRun
from performance.models.appeals import FILE
from performance.services import schemes
from performance.show import labels
from performance.slip.peers import Own

About = AppealLine.About


@dataclass(frozen=True)
class Shown:
    """One indicator as a row: texts, and where its formula and records open."""

    name: str
    url: str
    value: str
    median: str
    span: str
    before: str
    assessed: bool
    appeal: str = ""
    mark: str = ""  # that an appeal corrected it, with the way there
    mark_url: str = ""


def unscored(run: LevelRun | None) -> str:
    """Why a person has no own indicators in a month, whose run of persons is `run`."""
    if run is None:
        return _("Persons have not been scored this month. The office computes it at the level of persons.")
    return _("The scheme of persons of this month has no indicators for this post.")


def indicator_words(
    run: LevelRun | None, own: Sequence[Own], member: Membership, *, files: bool = True
) -> list[Shown]:
    """The rows of "my indicators"; `files`: whether appeals about them may be filed now."""
    if run is None or not own:
        return []
    known = {one.code: one for one in schemes.indicators_of(run.scheme.scheme(), run.level)}
    marks = _corrected([one.subject for one in own])
    found, files = [], files and member.institution_id is not None and member.can(FILE)
    for one in own:
        indicator = known[one.score.indicator]

        def said(value: object, _indicator: object = indicator) -> str:
            return labels.value(value, _indicator)  # type: ignore[arg-type]

        span = f"{said(one.peers.low)} – {said(one.peers.high)}" if one.peers.shown else ""
        found.append(Shown(
            labels.named(indicator), way(member, "level-indicator", one.subject, one.score.indicator),
            said(one.score.value) if one.score.value is not None else _("not assessed"),
            said(one.peers.median) if one.peers.shown else _("too few"), span,
            said(one.before) if one.before is not None else "—", one.score.value is not None,
            asking.address(About.OWN, one.score.pk) if files else "", *_mark(marks, one, member),
        ))  # fmt: skip
    return found


def _corrected(subjects: Sequence[int]) -> dict[tuple[int, str], tuple[int, str]]:
    """Appeal and corrected value by person scored and indicator, the latest; one query."""
    rows = AppealLine.objects.filter(own__in=subjects, appeal__state=Appeal.State.CORRECTED)
    return {
        (row.own_id, row.indicator): (row.appeal_id, row.appeal.right[str(row.number)])
        for row in rows.select_related("appeal").order_by("appeal__ended_at", "pk")
        if str(row.number) in row.appeal.right
    }  # fmt: skip


def _mark(marks: Mapping[tuple[int, str], tuple[int, str]], one: Own, member: Membership) -> tuple[str, str]:
    """That an appeal corrected an indicator, and where it was decided."""
    found = marks.get((one.subject, one.score.indicator))
    if found is None:
        return "", ""
    said = _("corrected to %(value)s by appeal %(n)d; the score computed stays") % {
        "value": web_words.plain(Decimal(found[1]), 6), "n": found[0],
    }  # fmt: skip
    return said, way(member, "appeal", found[0])
