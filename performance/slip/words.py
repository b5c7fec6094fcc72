"""A person's indicators in words: value, range of those scored alike, last month, where it is explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.web.access import way
from performance.appeals import asking
from performance.models import AppealLine, LevelRun
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


def indicator_words(
    run: LevelRun | None, own: Sequence[Own], member: Membership, *, files: bool = True
) -> list[Shown]:
    """The rows of "my indicators"; `files`: whether appeals about them may be filed now."""
    if run is None or not own:
        return []
    known = {one.code: one for one in schemes.indicators_of(run.scheme.scheme(), run.level)}
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
            asking.address(About.OWN, one.score.pk) if files else "",
        ))  # fmt: skip
    return found
