"""The page of a month: of one institution with its partners, of the office with all lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.confirmation import countables, services
from alliance.confirmation.models import SIDES, Difference, Line, Round, Statement
from alliance.confirmation.show.rows import STATE_WORDS, Row, kind_name, rows_of, unit_name
from alliance.confirmation.standing import NOT_AGREED, State, standings
from alliance.models import Institution, Membership
from alliance.web import parts, words

# Which states stand behind a saved view.
VIEWS: dict[str, frozenset[State]] = {
    "open": frozenset(NOT_AGREED), "differs": frozenset({State.DIFFERS}),
    "agreed": frozenset({State.AGREED, State.SETTLED}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Partner:
    """One partner with the lines between us."""

    institution: Any
    rows: list[Row]
    statement: str

    @property
    def open(self) -> int:
        """Lines that are not agreed."""
        return sum(row.standing.state in NOT_AGREED for row in self.rows)


def rows(round_: Round, membership: Membership, now: datetime) -> list[Row]:
    """The lines of a month this member may see, counted now."""
    found = standings([round_], now=now, here=membership.institution_id)
    return rows_of(found, membership)


def rounds_of(membership: Membership) -> QuerySet[Round]:
    """Months with counts of the lines the member may see, as last counted; one query."""
    said = Statement.objects.filter(
        line=OuterRef("lines"), superseded_at=None, verdict="confirmed", digest=OuterRef("lines__digest")
    )
    here = membership.institution_id
    own = Q() if here is None else Q(lines__giver=here) | Q(lines__taker=here)
    live = Exists(Difference.objects.filter(line=OuterRef("lines")).exclude(state=Difference.State.SETTLED))
    rows: QuerySet[Round] = Round.objects.select_related("opened_by__user").annotate(
        lines_seen=Count("lines", filter=own),
        agreed=Count(
            "lines", filter=own & Exists(said.filter(side="giver")) & Exists(said.filter(side="taker"))
        ),
        differences=Count("lines", filter=own & live),
    )
    return rows


def head(round_: Round, membership: Membership, shown: list[Row], now: datetime) -> dict[str, Any]:
    """Title, figures and what is common to both pages."""
    month = words.month(round_.month)
    return {
        "title": _("Mutual confirmation of %(month)s") % {"month": month}, "round": round_,
        "late": now >= round_.due_at, "figs": figs(round_, shown, now),
        "may_open": membership.can("confirmation.open") and membership.institution_id is None,
        "may_export": membership.can("confirmation.export"),
    }  # fmt: skip


def figs(round_: Round, shown: list[Row], now: datetime) -> list[parts.Fig]:
    """Agreed, still to confirm, differences, until when."""
    states = Counter(row.standing.state for row in shown)
    agreed = states[State.AGREED] + states[State.SETTLED]
    late = now >= round_.due_at
    rest = sum(states[state] for state in (State.WAITS, State.SILENT, State.STALE))
    decided = _("%(n)d of them decided by the office") % {"n": states[State.SETTLED]}
    changed = _("%(n)d because records changed") % {"n": states[State.STALE]}
    return [
        parts.Fig(
            _("Agreed"), words.num(agreed), _("of %(n)d lines") % {"n": len(shown)},
            decided if states[State.SETTLED] else "",
        ),
        parts.Fig(
            _("Not confirmed"), words.num(rest), _("of the lines"), changed if states[State.STALE] else "",
            bad=late and bool(rest),
        ),
        parts.Fig(
            _("Counts differ"), words.num(states[State.DIFFERS]), _("of the lines"), "",
            reverse("confirmation-differences") if states[State.DIFFERS] else "",
            bad=bool(states[State.DIFFERS]),
        ),
        parts.Fig(
            _("Answers due"), words.day(round_.last_day), "",
            _("Silence after that is no agreement.") if not late else _("over; silence is no agreement"),
        ),
    ]  # fmt: skip


def side_page(round_: Round, membership: Membership, now: datetime) -> dict[str, Any]:
    """The page of one institution: its partners, line by line; what waits for it first."""
    shown = rows(round_, membership, now)
    may = membership.can("confirmation.confirm")
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in shown:
        grouped[row.partner.pk].append(row)
    here = membership.institution
    partners = [
        Partner(
            own[0].partner, own,
            reverse("confirmation-statement", args=[str(round_), here.code, own[0].partner.code])
            if here is not None else "",
        )
        for own in grouped.values()
    ]  # fmt: skip
    partners.sort(key=lambda one: (-sum(row.mine for row in one.rows), one.institution.code))
    plain = sum(row.plain for row in shown)
    return head(round_, membership, shown, now) | {
        "partners": partners, "may": may, "plain": plain,
        "mine": sum(row.mine for row in shown), "reports": reports_for(membership),
    }  # fmt: skip


def reports_for(membership: Membership) -> Institution | None:
    """The township that confirms for a village room; None for who confirms for itself."""
    here = membership.institution
    if here is None or here.kind != Institution.Kind.VILLAGE:
        return None
    return here.parent


def office_page(
    round_: Round, membership: Membership, asked: dict[str, str], now: datetime
) -> tuple[list[Row], dict[str, Any]]:
    """The lines the office asks for (view, place, kind) and everything else of its page."""
    everything = rows(round_, membership, now)
    states = VIEWS.get(asked.get("view", ""))
    place, kind = asked.get("place", ""), asked.get("kind", "")
    chosen = [
        row
        for row in everything
        if (states is None or row.standing.state in states)
        and (not kind or row.line.kind == kind)
        and (not place or place in (str(row.line.giver_id), str(row.line.taker_id)))
    ]
    return chosen, head(round_, membership, everything, now) | {
        "places": sorted(
            {(one.pk, one.short_name) for row in everything for one in (row.line.giver, row.line.taker)},
            key=lambda one: one[1],
        ),
        "kinds": [(name, str(one.label)) for name, one in countables.known().items()],
        "place": place, "kind": kind, "view": asked.get("view", ""),
        "tabs": tabs(round_, everything, asked.get("view", "")), "owing": owing(round_, everything),
    }  # fmt: skip


def owing(round_: Round, everything: list[Row]) -> list[parts.Fact]:
    """Who still has to look at how many lines, most first: whom to remind."""
    found: Counter[Any] = Counter()
    for row in everything:
        for side in SIDES:
            if row.standing.waits_for(side):
                found[row.line.institution_of(side)] += 1
    url = reverse("confirmation-month", args=[str(round_)])
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0].code))
    return [
        parts.Fact(
            place.short_name, ngettext("%(n)d line", "%(n)d lines", n) % {"n": n},
            f"{url}?view=open&place={place.pk}",
        )
        for place, n in ranked
    ]  # fmt: skip


def tabs(round_: Round, everything: list[Row], current: str) -> list[parts.Tab]:
    """Saved views with how many lines each holds."""
    url = reverse("confirmation-month", args=[str(round_)])
    names = {"open": _("Not agreed"), "differs": _("Counts differ"), "agreed": _("Agreed")}
    views = [
        parts.Tab(
            names[view], f"{url}?view={view}", view == current,
            sum(row.standing.state in states for row in everything),
        )
        for view, states in VIEWS.items()
    ]  # fmt: skip
    return [parts.Tab(_("All lines"), url, not current, len(everything)), *views]


def opening(today: Any) -> list[tuple[str, str]]:
    """Months the office may open, to choose from."""
    return [(str(one), words.month(one)) for one in services.months_to_open(today)]


def statement_page(
    round_: Round, own: Institution, partner: Institution, membership: Membership, now: datetime
) -> dict[str, Any]:
    """The printed statement of two institutions: both directions, what each side said, what is open."""
    found = standings([round_], now=now, here=own.pk)
    pair = {own.pk, partner.pk}
    shown = [
        Row(one, "giver" if one.line.giver_id == own.pk else "taker")
        for one in found
        if {one.line.giver_id, one.line.taker_id} == pair and one.state != State.EMPTY
    ]
    return {
        "title": _("Statement of mutual confirmation"), "round": round_, "own": own, "partner": partner,
        "rows": shown, "differences": [(row, one) for row in shown for one in row.standing.differences],
        "agreed": sum(row.standing.state not in NOT_AGREED for row in shown), "printed": now,
    }  # fmt: skip


def sheet(round_: Round, membership: Membership, now: datetime) -> list[list[Any]]:
    """The list of a month as rows of a workbook, with its heading."""
    heading = [
        _("month"), _("what is counted"), _("giving side"), _("taking side"), _("records"), _("units"),
        _("unit"), _("of one side alone"), _("state"), _("giving side said"), _("taking side said"),
        _("their own counts"), _("digest"),
    ]  # fmt: skip
    return [heading, *(_sheet_row(round_, row) for row in rows(round_, membership, now))]


def _sheet_row(round_: Round, row: Row) -> list[Any]:
    line: Line = row.line
    own = [
        f"{line.institution_of(one.side).short_name} {one.statement.own_count}"
        for one in row.standing.differences
    ]
    unit = unit_name(line.kind)
    return [
        str(round_), kind_name(line.kind), line.giver.name, line.taker.name, row.count,
        row.standing.counted.units if unit else None, unit, row.pending,
        str(STATE_WORDS[row.standing.state]), row.giver_said, row.taker_said, "；".join(own),
        row.standing.digest,
    ]  # fmt: skip
