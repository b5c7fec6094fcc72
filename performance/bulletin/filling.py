"""What a month's papers say before anybody edits them: facts of institutions, never of a person.

Counts of patients below the least published group are left out, with what would give them away (walls 5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from alliance.lib.documents import Document, Part, Table
from alliance.lib.hiding import Shown, hide
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.services import parameters
from alliance.web import words
from performance import collect
from performance.declared import due
from performance.models import MonthException, MonthRun, Paper, PayPool, Score
from performance.services.completeness import deliveries
from performance.show import labels, ranks, table
from performance.show.frame import Frame

LEAST = "public.min_group"
RECEIVED, ACCEPTED, IN_TIME, DOWN = (
    "up_arrived_received", "referrals_accepted", "referrals_accepted_in_time", "down_arrived_sent",
)  # fmt: skip
COUNTED = (RECEIVED, ACCEPTED, IN_TIME, DOWN)
OTHERS = ""  # the key of all who are not named
MOST = 3  # institutions named among those that moved most


def fill(kind: str, by: Membership, month: Month, run: MonthRun | None, *, today: date) -> Document:
    """The paper as it is first: everything that is known, in the language of who makes it."""
    frame = Frame(by, month, run, run.settlement) if run is not None and run.settlement else None
    made: Mapping[str, Callable[[Month, Frame], Sequence[Part]]] = {
        Paper.Kind.BULLETIN: bulletin, Paper.Kind.NOTICE: notice,
    }  # fmt: skip
    if kind == Paper.Kind.MINUTES:
        parts = minutes(month, frame)
    else:
        assert frame is not None, "the caller has seen a result"
        parts = made[kind](month, frame)
    line = _("%(month)s · performance office · %(day)s") % {"month": words.month(month), "day": today}
    return Document(f"{by.alliance.name}{Paper.Kind(kind).label}", line, tuple(parts), _foot(month))


def signs(kind: str) -> tuple[str, ...]:
    """Who signs below."""
    if kind == Paper.Kind.MINUTES:
        return (pgettext("signature", "written by"), pgettext("signature", "chair"))
    return (pgettext("signature", "written by"), pgettext("signature", "released by"))


def _foot(month: Month) -> str:
    return _("Counts of fewer than %(n)d, and what would give them away, are not published.") % {
        "n": least(month)
    }


def least(month: Month) -> int:
    """The least group that is published, persons."""
    return int(str(parameters.in_force(LEAST, on=month.last_day)))


def bulletin(month: Month, frame: Frame) -> Sequence[Part]:
    """Highlights, referrals, scores and shares, what is late, what was decided."""
    moved, scores = _scores(frame)
    referrals = _referrals(month)
    return [
        Part(_("Highlights"), "\n".join([*_money(frame), *moved])),
        Part(_("Referrals"), table=referrals),
        Part(_("Scores and shares"), table=scores),
        late(month),
        decisions(month, frame),
    ]


def notice(month: Month, frame: Frame) -> Sequence[Part]:
    """On what the assessment rests, its results, where most was lost, what is asked of whom."""
    moved, scores = _scores(frame)
    scheme = f"{labels.named(frame.scheme)} {frame.settlement.scheme.version}"
    rests = _("Assessed by %(scheme)s; records as they were computed on %(at)s.") % {
        "scheme": scheme, "at": words.moment(frame.settlement.computed_at),
    }  # fmt: skip
    return [
        Part(_("What the assessment rests on"), rests),
        Part(_("Results"), "\n".join(moved), scores),
        Part(_("Where most was lost"), table=_lost(frame)),
        Part(_("What is asked"), _("Write here what is asked of whom, and until when.")),
    ]


def minutes(month: Month, frame: Frame | None) -> Sequence[Part]:
    """The data-check meeting: who met, what was there and what not, what was decided."""
    head = _("Time:\nPlace:\nChair:\nTaking part, by office and institution:")
    parts = [Part(_("Meeting"), head), late(month)]
    if frame is not None:
        parts.append(decisions(month, frame))
    return [*parts, Part(_("Decided"), _("Write here what was decided, who does it, and until when."))]


def _money(frame: Frame) -> list[str]:
    lines = frame.lines()
    shared = sum(line.fen or 0 for line in lines)
    gap = frame.settlement.pool_fen - shared
    return [
        _("%(fen)s yuan were shared among %(n)d institutions, difference %(gap)s yuan.")
        % {"fen": words.yuan(shared), "n": len(lines), "gap": words.yuan(gap)}
    ]


def _scores(frame: Frame) -> tuple[list[str], Table]:
    """Who moved most, in sentences; every institution with score, change, place and share."""
    smallest, assessed = ranks.least(frame.month)
    lines, earlier = frame.lines(), table.before(frame)
    places: dict[str, ranks.Place] = {}
    for column in frame.scheme.columns:
        inside = [line for line in lines if line.column == column.code]
        places |= ranks.places(ranks.scores(inside, least_assessed=assessed), least=smallest)
    changes = {line.institution.short_name: earlier.score(line) for line in lines}
    known = sorted(((by, name) for name, by in changes.items() if by), reverse=True)
    said = []
    if up := [one for one in known if one[0] > 0][:MOST]:
        said.append(_("Up most: %(names)s.") % {"names": _moves(up)})
    if down := [one for one in reversed(known) if one[0] < 0][:MOST]:
        said.append(_("Down most: %(names)s.") % {"names": _moves(down)})
    shown = tuple(
        (
            line.institution.short_name, words.assessed(line.score, 2),
            words.diff(changes[line.institution.short_name], 2),
            str(places[line.institution.code].number) if line.institution.code in places else _("no place"),
            words.yuan(line.fen),
        )
        for line in lines
    )  # fmt: skip
    heads = (
        _("institution"), _("score"), _("against the month before"), _("place"), _("share (yuan)"),
    )  # fmt: skip
    return said, Table(heads, shown, (1, 2, 3, 4))


def _moves(found: Iterable[tuple[Decimal, str]]) -> str:
    return "、".join(f"{name} {words.diff(by, 2)}" for by, name in found)


def _referrals(month: Month) -> Table:
    """Who receives up-referrals or sends down with what came of it, the others together; small counts are
    left out.
    """
    places = {
        one.code: one.short_name
        for one in Institution.objects.filter(is_active=True).exclude(kind=Institution.Kind.VILLAGE)
    }
    counts: dict[str, dict[str, int]] = {key: {} for key in COUNTED}
    here = list(Institution.objects.filter(code__in=places))
    for fact in collect.facts_of({month: frozenset(COUNTED)}, here):
        if fact.key in counts and fact.value:
            counts[fact.key][fact.institution] = int(fact.value)
    named = sorted({*counts[RECEIVED], *counts[DOWN]})
    grouped = {key: _together(one, named) for key, one in counts.items()}
    shown = _readable(grouped, least(month))
    rows = [
        (
            places.get(code, pgettext("paper", "all others")),
            *_row({key: one.cells[code] for key, one in shown.items()},
                  {key: one[code] for key, one in grouped.items()}),
        )
        for code in (*named, OTHERS)
    ]  # fmt: skip
    whole = {key: sum(one.values()) for key, one in counts.items()}
    total = (_("sum"), *_row({key: one.total for key, one in shown.items()}, whole))
    heads = (
        _("institution"), _("up-referrals received"), _("accepted"), pgettext("paper", "accepted in time"),
        _("in time, %"), _("down-referrals sent"),
    )  # fmt: skip
    return Table(heads, (*rows, total) if any(whole.values()) else (), (1, 2, 3, 4, 5))


def _readable(counts: Mapping[str, Mapping[str, int]], fewest: int) -> dict[str, Shown]:
    """The counts as they may stand beside each other: a part is left out where what it leaves of its whole
    (not accepted, not in time) is a small group, as it would be by subtracting.
    """
    shown = {key: hide(one, fewest) for key, one in counts.items()}
    for whole, part in ((RECEIVED, ACCEPTED), (ACCEPTED, IN_TIME)):
        rest = hide(
            {code: max(0, counts[whole][code] - number) for code, number in counts[part].items()}, fewest
        )
        cells = {
            code: None if rest.cells[code] is None else number for code, number in shown[part].cells.items()
        }
        shown[part] = Shown(cells, None if rest.total is None else shown[part].total)
    return shown


def _together(counts: Mapping[str, int], named: Sequence[str]) -> dict[str, int]:
    """The counts of those named, and of all others in one."""
    rest = sum(number for code, number in counts.items() if code not in named)
    return {**{code: counts.get(code, 0) for code in named}, OTHERS: rest}


def _row(shown: Mapping[str, int | None], known: Mapping[str, int]) -> tuple[str, ...]:
    """A rate only where both its sides may be read: it would give the hidden one away."""
    both = shown[ACCEPTED] and shown[IN_TIME] is not None
    rate = words.num(100 * known[IN_TIME] / known[ACCEPTED], 1) if both else words.DASH
    return (
        count(shown[RECEIVED]), count(shown[ACCEPTED]), count(shown[IN_TIME]), rate, count(shown[DOWN]),
    )  # fmt: skip


def count(number: int | None) -> str:
    """A count; what is left out as a star."""
    return "*" if number is None else words.num(number)


def _lost(frame: Frame) -> Table:
    """Of every institution the indicator that cost it most points."""
    worst: dict[str, tuple[object, str, Score]] = {}
    rows = Score.objects.filter(settlement=frame.settlement, score__isnull=False)
    for one in rows.select_related("institution").order_by("institution__code", "indicator"):
        lost = (one.weight_in_effect or 0) - (one.score or 0)
        code = one.institution.code
        if lost > 0 and (code not in worst or lost > worst[code][0]):  # type: ignore[operator]
            worst[code] = (lost, one.indicator, one)
    return Table(
        (_("institution"), _("indicator"), _("points"), _("of")),
        tuple(
            (
                one.institution.short_name, labels.named(frame.indicators[code]), words.num(one.score, 2),
                words.num(one.weight_in_effect, 2),
            )
            for _lost_points, code, one in worst.values()
        ),
        (2, 3),
    )  # fmt: skip


def late(month: Month) -> Part:
    """Who has not delivered: cases below the least share, declared values that are missing."""
    rows = [
        (
            one.institution.short_name, _("cases"),
            _("%(have)s of %(owed)s") % {"have": words.num(one.delivered), "owed": _owed(one.declared)},
            _("signed exception") if one.excepted else "",
        )
        for one in deliveries(month) if not one.complete
    ]  # fmt: skip
    rows += [
        (
            one.institution.short_name, _("declared values"),
            _("%(have)s of %(owed)s")
            % {"have": words.num(len(one.owed) - one.missing), "owed": words.num(len(one.owed))},
            "",
        )
        for one in due.by_place(due.owed(month)) if one.missing
    ]  # fmt: skip
    heads = (_("institution"), _("what"), _("delivered"), _("remark"))
    text = "" if rows else _("Everything was delivered.")
    return Part(_("What is late"), text, Table(heads, tuple(rows), (2,)) if rows else None)


def _owed(declared: int | None) -> str:
    return words.DASH if declared is None else words.num(declared)


def decisions(month: Month, frame: Frame) -> Part:
    """What bodies and the office decided about the month."""
    said = []
    if frame.run.journal is not None:
        said.append(_("The month's result was approved on %(day)s.") % {"day": _day(frame.run)})
    for pool in PayPool.objects.filter(month=month.first_day, state="posted").named():
        said.append(_("Pool “%(name)s”: %(fen)s yuan.") % {"name": pool.title, "fen": words.yuan(pool.fen)})
    signed = MonthException.objects.filter(month=month.first_day, confirmed_at__isnull=False)
    if number := signed.count():
        said.append(
            ngettext("%(n)d exception from completeness.", "%(n)d exceptions from completeness.", number)
            % {"n": number}
        )
    return Part(pgettext("paper", "Decisions"), "\n".join(said))


def _day(run: MonthRun) -> str:
    assert run.journal is not None
    return words.moment(run.journal.posted_at).split(" ")[0]
