"""What the pages after the approval show: how far the month is, what waits, what changed, the publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from alliance.ledger import facts as books
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from grouping import facts as case_books
from performance.appeals import facts as appeals
from performance.appeals import window
from performance.deductions import show as deductions
from performance.life import show_exceptions, words
from performance.life.services import stages
from performance.models import Line, MonthLife, MonthRun, PayPot, PayShare
from performance.pay import show_between
from performance.payout import facts as payouts
from performance.show import labels, since
from performance.show.frame import LISTED

State = MonthLife.State
ADDRESS = {"publish": "publish", "pay": "pay", "close": "close", "end": "end"}


def page(
    membership: Membership, month: Month, now: datetime, run: MonthRun,
    given: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """One month after its approval."""
    life = stages.of(month)
    return {
        "title": _("%(month)s after its approval") % {"month": web_words.month(month)}, "month": month,
        "run": run, "life": life, "chip": words.life_chip(life), "stages": steps(run, life, now),
        "notes": [*notes(month, life, now), *show_between.note(month, membership, now)],
        "actions": actions(membership, month, life, now),
        "history": parts.history(life) if life else [], "rooms": tabs("month-life", membership, month),
        "published": life is not None and life.published_at is not None,
        "deductions": deductions.month(month, membership),
        **show_exceptions.panel(membership, month, now, given or {}),
    }  # fmt: skip


def tabs(current: str, membership: Membership, month: Month) -> list[parts.Tab]:
    """The pages of a month's life."""
    pages = [
        ("month-life", _("After the approval")), ("month-since", _("Changed since")),
    ]  # fmt: skip
    ways = [(name, label, way(membership, name, str(month))) for name, label in pages]
    ways.append(("statements", _("Insurer's statements"), way(membership, "statements")))
    return [parts.Tab(label, url, name == current) for name, label, url in ways if url]


def steps(run: MonthRun, life: MonthLife | None, now: datetime) -> list[parts.Stage]:
    """Approved, published, paid, closed, final; the first that is not done is now."""
    until = life.published_until if life else None
    published = [web_words.moment(life.published_at)] if life and life.published_at else []
    if until is not None:
        published.append(_("until %(at)s") % {"at": web_words.until(until)})
    moments = [
        (State.APPROVED, run.journal.posted_at if run.journal else None, []),
        (State.PUBLISHED, until if until and until <= now else None, published),
        (State.PAID, life.paid_at if life else None, []),
        (State.CLOSED, life.closed_at if life else None, []),
        (State.FINAL, life.final_at if life else None, []),
    ]
    first = next((place for place, one in enumerate(moments) if one[1] is None), len(moments))
    return [
        parts.Stage(
            pgettext("step", "to be published")
            if state == State.PUBLISHED and not published
            else str(state.label),
            "done" if place < first else "now" if place == first else "next",
            lines or ([web_words.moment(at)] if at else []),
        )
        for place, (state, at, lines) in enumerate(moments)
    ]  # fmt: skip


def notes(month: Month, life: MonthLife | None, now: datetime) -> list[dict[str, Any]]:
    """What stands before the next step."""
    if life is None or life.state == State.APPROVED:
        return [_note("info", _("Publish the result: everybody sees it for the days of the parameter."))]
    found = []
    if life.state == State.PUBLISHED:
        if life.published_until and now < life.published_until:
            text = _("The publication runs until %(at)s. Objections and appeals are filed until then.")
            found.append(_note("info", text % {"at": web_words.until(life.published_until)}))
        money = payouts.paid_in(month)
        if pots := money.pots_open:
            text = ngettext(
                "%(n)d pot is not in the books yet.", "%(n)d pots are not in the books yet.", pots
            )
            url = f"{reverse('pay-pots')}?month={month}"
            found.append(_note("warn", text % {"n": pots}, [parts.Fact(_("Second distribution"), url=url)]))
        elif life.published_until and life.published_until <= now and not money.done:
            open_fen = money.open_fen + money.on_the_way_fen
            text = _("%(open)s yuan are not paid yet.") % {"open": web_words.yuan(open_fen)}
            found.append(_note("warn", text))
    if life.state == State.PAID and month in books.open_months():
        text = _("The books of this month are open. It is closed once two people have closed them.")
        url = f"{reverse('ledger')}?month={month}"
        found.append(_note("warn", text, [parts.Fact(_("Ledger"), url=url)]))
    if life.state == State.CLOSED and (waiting := appeals.open_in(month)):
        text = ngettext("%(n)d appeal has not ended.", "%(n)d appeals have not ended.", waiting)
        found.append(_note("warn", text % {"n": waiting}))
    return found


def _note(kind: str, text: str, items: Sequence[parts.Fact] = ()) -> dict[str, Any]:
    return {"kind": kind, "text": text, "items": list(items)}


def actions(
    membership: Membership, month: Month, life: MonthLife | None, now: datetime
) -> list[parts.Action]:
    """The step the member may take now, where the facts let it be taken."""
    row = life or MonthLife(month=month.first_day)
    found = []
    for one in row.steps_for(membership):
        if not _ready(one.name, month, row, now):
            continue
        url = reverse("month-life-act", args=[str(month), ADDRESS[one.name]]) + f"?version={row.version}"
        found.append(parts.Action(str(one.custom["label"]), url, one.custom["icon"], "primary"))
    return found


def _ready(step: str, month: Month, row: MonthLife, now: datetime) -> bool:
    if step == "pay":
        ended = row.published_until is not None and row.published_until <= now
        return ended and payouts.paid_in(month).done
    if step == "end":
        return not appeals.open_in(month)
    return step != "close" or month not in books.open_months()


# What changed since the approval -----------------------------------------------------
@dataclass(frozen=True)
class ChangeLine:
    """A number the month was computed from that is another one today, with a way to its records."""

    change: since.Change
    name: str
    url: str


def since_page(membership: Membership, month: Month, run: MonthRun) -> dict[str, Any]:
    """Everything that is different today from what was approved; nothing is recalculated by it."""
    assert run.settlement is not None
    found = since.changes(run.settlement, membership)
    fund = since.fund(run.settlement)
    posted = run.journal.posted_at if run.journal else run.started_at
    revised = case_books.cases(month, membership.institution_id).filter(changed_at__gt=posted)
    rows = revised.order_by("institution__code", "record_no")
    shown = list(rows[:CASES]) if membership.can("case.view") else []
    return {
        "title": _("Changed since the approval of %(month)s") % {"month": web_words.month(month)},
        "month": month, "posted": posted, "lines": [_changed(one, membership) for one in found],
        "cases": shown, "count": revised.count(), "rooms": tabs("month-since", membership, month),
        "settlement": run.settlement, "most": CASES, "fund": fund,
        "fund_url": way(membership, "month-inputs", str(month)) if fund else "",
    }  # fmt: skip


CASES = 50  # revised cases named; the others are counted


def _changed(one: since.Change, membership: Membership) -> ChangeLine:
    book = labels.facts().get(one.key)
    kind = str(getattr(book, "evidence", "") or "").partition("+")[0]
    opens = kind not in LISTED or membership.can(LISTED[kind])
    url = reverse("month-records", args=[str(one.at), one.code, str(one.at), one.key]) if opens else ""
    return ChangeLine(one, labels.fact(one.key), url)


# Publication -------------------------------------------------------------------------
def publication(membership: Membership, life: MonthLife, now: datetime) -> dict[str, Any]:
    """The result everybody sees: scores and shares of institutions, pots of the member's own institution."""
    settlement = life.run.settlement
    lines = list(
        Line.objects.filter(settlement=settlement).select_related("institution").order_by("institution__code")
    )
    running = life.published_until is not None and now < life.published_until
    return {
        "title": _("Publication of %(month)s") % {"month": web_words.month(life.month)}, "life": life,
        "lines": lines, "total": sum(line.fen or 0 for line in lines), "settlement": settlement,
        "scheme": labels.named(settlement.scheme.scheme()), "running": running, "printed": now,
        "pools": _pools(life.period), "pots": _pots(membership, life.period),
        "appeals_said": window.said(window.of_month(life.period), now, membership),
        "paid_said": window.paid_meanwhile(life.period),
        "opens": {line.pk: membership.sees(line.institution_id) for line in lines},
    }  # fmt: skip


def _pools(month: Month) -> list[Mapping[str, Any]]:
    """What each institution was given by the month's pools, as one sum; between institutions left out."""
    rows = PayShare.objects.filter(pool__month=month.first_day, pool__state="posted")
    summed = rows.values("institution__code", "institution__short_name").annotate(fen=Sum("fen"))
    return list(summed.order_by("institution__code"))


def _pots(membership: Membership, month: Month) -> list[PayPot]:
    """Pots of the member's own institution, so that a department can compare."""
    if membership.institution_id is None:
        return []
    rows = PayPot.objects.named().filter(
        pool__month=month.first_day, pool__state="posted", institution=membership.institution_id
    )
    return list(rows.order_by("pool__kind", "department__code", "group", "team__code"))
