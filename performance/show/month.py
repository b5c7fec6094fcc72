"""The page of a month: where it stands, what decides, who gets what, what the member may do now."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import parameters
from alliance.web import words
from alliance.web.parts import Fact, Fig, history
from performance.levels import show as levels
from performance.models import Level, Line, MonthRun
from performance.services import months, pools
from performance.services.completeness import MINIMUM, Delivery, deliveries
from performance.show import handed_out, labels, ranks, road, since, table
from performance.show.frame import Frame
from performance.verification import facts as verification
from performance.verification.tables import verdict_chip

State = MonthRun.State
VERIFIED = "verification.view"


def page(membership: Membership, month: Month) -> dict[str, Any]:
    """Everything of the page, with or without a result; a number of queries that does not grow."""
    run, last = months.standing(month)
    limits = parameters.several_in_force((MINIMUM, *ranks.RANKED), on=month.last_day)
    places = since.places_now()
    arrived, pool = deliveries(month, limits[MINIMUM], places), pools.latest(month)
    life = months.life(month) if run is not None and run.state == State.POSTED else None
    found = {
        "title": _("Result of %(month)s") % {"month": words.month(month)},
        "month": month, "run": run, "last": last, "chip": labels.chip(run) if run else None,
        "running": last if last and last.state == State.RUNNING and not last.is_lost else None,
        "stages": road.stages(run, arrived, life),
        "notes": road.notes(run, last, arrived, pool, membership, month, places),
        "actions": road.actions(membership, month, run, last),
        "history": history(run, words=road.said()) if run else [],
        "whole": membership.institution_id is None, "here": address(month),
        "levels": levels.tabs(month, Level.INSTITUTION), "opinions": _opinions(membership, month),
        "poll": reverse("month-progress", args=[str(month)]),
    }  # fmt: skip
    if run is not None and run.settlement is not None:
        found |= result(Frame(membership, month, run, run.settlement), arrived, ranks.least_of(limits))
    return found


def _opinions(membership: Membership, month: Month) -> list[tuple[Any, str, str]]:
    """What third parties signed about the month, as far as the member sees it: chip, institution, address."""
    if not membership.can(VERIFIED):
        return []
    return [
        (verdict_chip(one), one.institution.short_name, reverse("verification", args=[one.pk]))
        for one in verification.signed(month)
        if membership.sees(one.institution_id)
    ]


def result(frame: Frame, arrived: Sequence[Delivery], least: tuple[int, Decimal]) -> dict[str, Any]:
    """The figures, the table and the differences."""
    lines, earlier = frame.lines(), table.before(frame)
    bars, before_fen = table.changes(lines, earlier), earlier.total()
    shared = sum(line.fen or 0 for line in lines)
    change = None if before_fen is None else shared - before_fen
    return {
        "groups": table.groups(frame, lines, earlier, arrived, least), "dimensions": frame.scheme.dimensions,
        "dimension_names": [labels.named(one) for one in frame.scheme.dimensions],
        "figs": figs(frame, lines, arrived, change), "bars": bars, "reading": reading(bars),
        "shared": shared, "change": change, "gap": frame.settlement.pool_fen - shared,
        "settlement": frame.settlement, "scheme": labels.named(frame.scheme), "count": len(lines),
        "handed": handed_out.of(frame.month) if frame.run.state == State.POSTED else [],
        "indicators": [
            Fact(labels.named(one), url=frame.url("month-indicator", one.code))
            for one in frame.indicators.values()
        ],
        "unscored": unscored(frame, lines),
    }  # fmt: skip


def figs(frame: Frame, lines: Sequence[Line], arrived: Sequence[Delivery], change: int | None) -> list[Fig]:
    """Pool, institutions, mean score, cases; what has arrived is as of now and says so beside the frozen."""
    scores = [line.score for line in lines if line.score is not None]
    mean = sum(scores) / len(scores) if scores else None
    complete = sum(one.complete for one in arrived)
    excepted = sum(one.excepted and not one.complete for one in arrived)
    against = (
        _("against the month before %(diff)s") % {"diff": words.yuan_diff(change)}
        if change is not None
        else ""
    )
    return [
        Fig(_("Pool"), words.yuan(frame.settlement.pool_fen), _("yuan"), against),
        Fig(_("Institutions"), str(len(lines)), detail=_complete(complete, excepted)),
        Fig(_("Mean score"), words.assessed(mean), detail=_("%(n)d with a score") % {"n": len(scores)}),
        _cases(arrived),
    ]


def _complete(complete: int, excepted: int) -> str:
    if excepted:
        return _("now %(n)d complete, %(m)d with an exception") % {"n": complete, "m": excepted}
    return _("now %(n)d complete") % {"n": complete}


def _cases(arrived: Sequence[Delivery]) -> Fig:
    delivered = sum(one.delivered for one in arrived)
    declared = sum(one.declared or 0 for one in arrived)
    detail = _("declared %(n)s") % {"n": words.num(declared)}
    over = sum(one.over for one in arrived)
    if over:
        more = ngettext(
            "%(n)d institution delivered more than it declared",
            "%(n)d institutions delivered more than they declared",
            over,
        )
        detail = f"{detail} · {more % {'n': over}}"
    return Fig(_("Cases, now"), words.num(delivered), detail=detail, bad=bool(over))


def reading(bars: Sequence[Any]) -> str:
    """The differences as a sentence."""
    gain, lose = sum(bar.fen > 0 for bar in bars), sum(bar.fen < 0 for bar in bars)
    if not gain and not lose:
        return _("Nobody's share changed.")
    return _("%(gain)d gain, %(lose)d lose; most: %(name)s %(diff)s") % {
        "gain": gain, "lose": lose, "name": max(bars, key=lambda bar: abs(bar.fen)).name,
        "diff": words.yuan_diff(max(bars, key=lambda bar: abs(bar.fen)).fen),
    }  # fmt: skip


def unscored(frame: Frame, lines: Sequence[Line]) -> list[str]:
    """What could not be assessed for whom, one sentence for all who lack the same; the rest counts more."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for line in lines:
        if line.missing and line.status == "reweighted":
            alike.setdefault(tuple(line.missing), []).append(line.institution.short_name)
    return [
        _("%(missing)s not assessed, the other weights count for them: %(names)s.")
        % {
            "missing": "、".join(labels.named(frame.indicators[code]) for code in missing),
            "names": "、".join(names),
        }
        for missing, names in alike.items()
    ]


def address(month: Month) -> str:
    """The address of a month's page."""
    return reverse("month", args=[str(month)])
