"""Why this amount: sentence, formula with the numbers put in, chain, difference, range of the pot, appeal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.appeals import window, words
from performance.appeals.services import standing
from performance.models import PayLine
from performance.pay import show_pots
from performance.slip import differences, peers
from performance.slip.show import slip, state
from performance.slip.words import indicator_words


def page(line: PayLine, member: Membership, now: datetime, *, outside: bool = False) -> dict[str, Any]:
    """One line of pay explained down to the records; `outside`: for who examines an appeal about it, without
    the person's other lines and indicators, and without ways to pages such a reader may not open.
    """
    month, pot = line.pot.pool.period, line.pot
    points = points_of(line)
    found = slip(line.staff, month, member, now, only=line if outside else None)
    row = next(one for one in found.rows if one.line.pk == line.pk)
    before = _last(line, month, member)
    fewest = peers.least(now.date())
    run, own = (None, []) if outside else peers.indicators(line.staff, month, fewest)
    links = [replace(one, url="") if outside else one for one in chain(line, member)]
    return {
        "title": _("How this amount came about"), "line": line, "staff": line.staff, "month": month,
        "amount": line.fen + row.corrected,
        "chip": state(found, now), "row": row, "sentence": sentence(line, row.share),
        "formula": [formula(line, points, "" if outside else way(member, "pay-pot", line.pot_id)),
                    rounding(line), *corrections(line)], "chain": links, "outside": outside,
        "change": None if before is None else line.fen - before.fen,
        "bars": [] if before is None else differences.bars(line, points, before, points_of(before)),
        "past": found.past, "range": peers.of_pot(line, fewest), "fewest": fewest,
        "own": indicator_words(run, own, member, files=window.of_month(month).open(now)), "now": now,
        "window_said": window.said(row.window, now), "paid_said": window.paid_meanwhile(month),
        "history": parts.history(pot),
    }  # fmt: skip


def points_of(line: PayLine) -> Decimal:
    """The points of everybody of the line's plan."""
    found: Decimal = PayLine.objects.filter(plan=line.plan_id).aggregate(sum=Sum("points"))["sum"]
    return found


def _last(line: PayLine, month: Month, member: Membership) -> PayLine | None:
    """The same person's line of the same kind of pool and the same place the month before."""
    pot = line.pot
    same = show_pots.lines(
        Q(
            staff=line.staff_id, pot__pool__month=month.previous().first_day, pot__pool__kind=pot.pool.kind,
            pot__department=pot.department_id, pot__team=pot.team_id, pot__group=pot.group,
        ), member,
    )  # fmt: skip
    found: PayLine | None = same.first()
    return found


def sentence(line: PayLine, share: Decimal | None) -> str:
    """The amount in words."""
    return _("%(place)s shared %(pot)s yuan among %(n)d people; %(name)s has %(share)s of it.") % {
        "place": line.pot.place, "pot": web_words.yuan(line.pot.fen), "n": len(line.pot.people),
        "name": line.staff.name, "share": f"{web_words.plain(share)}%" if share is not None else "—",
    }  # fmt: skip


def formula(line: PayLine, points: Decimal, pot: str) -> parts.FormulaLine:
    """Pot × own points ÷ points of all, each opening at the page `pot` where it comes from."""
    terms = [
        parts.Term(web_words.yuan(line.pot.fen), _("pot (yuan)"), pot),
        parts.Term(
            web_words.plain(line.points), pgettext("pay", "points"), f"{pot}#plan" if pot else "", "×"
        ),
        parts.Term(web_words.plain(points), _("points of all"), pot, "÷"),
    ]
    exact = web_words.num(Fraction(line.quota) / 100, 4)
    return parts.FormulaLine(
        _("Share"), terms, exact, _("pot × points ÷ points of all, by largest remainder")
    )


def rounding(line: PayLine) -> parts.FormulaLine:
    """To whole fen by largest remainder."""
    extra = _("one fen more, place %(rank)d") if line.got_extra_fen else _("no fen more, place %(rank)d")
    note = _("%(exact)s in whole fen by largest remainder: %(extra)s; all shares add up to the pool.") % {
        "exact": web_words.num(Fraction(line.quota) / 100, 6), "extra": extra % {"rank": line.remainder_rank},
    }  # fmt: skip
    return parts.FormulaLine(
        _("Amount"), result=web_words.yuan(line.fen), note=note, total=True, unit=_("yuan")
    )


def corrections(line: PayLine) -> list[parts.FormulaLine]:
    """What appeals made of the amount, oldest first: points before and after, the formula; one query."""
    rows = standing.in_the_books().filter(pay_line=line.pk, staff=line.staff_id)
    return [
        parts.FormulaLine(
            _("Corrected by appeal %(n)d") % {"n": row.appeal_id}, result=web_words.yuan(row.after_fen),
            note=words.divided(row.why), total=True, unit=_("yuan"),
        )
        for row in rows
    ]  # fmt: skip


def _without_source(links: list[parts.ChainLink], line: PayLine) -> list[parts.ChainLink]:
    """A month and its bonus pool are the same money: one link with the facts of both."""
    first, second = links[0], links[1]
    if line.pot.pool.run_id is None or first.fen != second.fen:
        return links
    return [parts.ChainLink(second.level, second.name, second.fen, second.url or first.url,
                            facts=first.facts), *links[2:]]  # fmt: skip


def chain(line: PayLine, member: Membership) -> list[parts.ChainLink]:
    """From the pool through institution and pot to the person."""
    above = _without_source(show_pots.chain(line.pot, member), line)
    own = above[-1]
    links = [*above[:-1], parts.ChainLink(
        own.level, own.name, own.fen, way(member, "pay-pot", line.pot_id), own.share, own.facts
    )]  # fmt: skip
    share = Decimal(round(Fraction(10_000 * line.fen, line.pot.fen))) / 100
    facts = [
        parts.Fact(pgettext("pay", "points"), web_words.plain(line.points)),
        parts.Fact(_("plan"), str(line.plan.revision)),
    ]
    return [
        *links,
        parts.ChainLink(pgettext("pay", "person"), line.staff.name, line.fen, "", share, facts, here=True),
    ]
