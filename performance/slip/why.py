"""Why this amount: sentence, formula with the numbers put in, chain, difference, range of the pot, appeal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from performance.dues import facts as dues
from performance.models import PayDue, PayLine
from performance.pay import show_pots
from performance.slip import clawed, differences, peers
from performance.slip.clawed import Later
from performance.slip.person_month import Row, slip
from performance.slip.show import state
from performance.slip.words import indicator_words, unscored


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
    moved = changes(line)
    links = [replace(one, url="") if outside else one for one in chain(line, member, moved)]
    return {
        "title": _("How this amount came about"), "line": line, "staff": line.staff, "month": month,
        "amount": row.stands,  # where the chain ends as well
        "chip": state(found, now), "row": row,
        "clawed": () if outside else _clawed(line, member),
        "sentence": sentence(line, row.share, corrected=bool(row.later)),
        "formula": [formula(line, points, "" if outside else way(member, "pay-pot", line.pot_id)),
                    rounding(line), *corrections(moved)], "chain": links, "outside": outside,
        **against(row, points, before),
        "past": found.past, "range": peers.of_pot(line, fewest), "fewest": fewest,
        "own": indicator_words(run, own, member, files=window.of_month(month).open(now)), "now": now,
        "unscored": unscored(run),
        "window_said": window.said(row.window, now, member), "paid_said": window.paid_meanwhile(month),
        "history": parts.history(pot),
    }  # fmt: skip


def against(row: Row, points: Decimal, before: PayLine | None) -> dict[str, Any]:
    """The difference between what two months' lines stand at, and the bars that add up to it."""
    if before is None:
        return {"change": None, "bars": []}
    then = sum(one.due.fen for one in changes(before))
    bars = differences.bars(row.line, points, before, points_of(before))
    return {
        "change": row.stands - before.fen - then,
        "bars": [*bars, *differences.corrected(row.corrected, then)],
    }  # fmt: skip


def _clawed(line: PayLine, member: Membership) -> list[Later]:
    """What claw-backs took of this line's pay and decisions on error tolerance give back: no line changes."""
    return clawed.of_person(line.staff, dues.of_person(line.staff_id), member, line=line.pk)


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


def sentence(line: PayLine, share: Decimal | None, *, corrected: bool) -> str:
    """The amount in words; the share of a corrected line is that of the plan, and says so."""
    said = (
        _("%(place)s shared %(pot)s yuan among %(n)d people; uncorrected, %(name)s had %(share)s of it.")
        if corrected
        else _("%(place)s shared %(pot)s yuan among %(n)d people; %(name)s has %(share)s of it.")
    )
    return said % {
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


@dataclass(frozen=True)
class Change:
    """A correction in the books of a line: its amount and how the line stands after it (fen)."""

    due: PayDue
    after: int

    @property
    def name(self) -> str:
        """By what it was corrected."""
        if self.due.entry is not None:
            return _("Corrected by appeal %(n)d") % {"n": self.due.entry.appeal_id}
        return _("Corrected under a lock exception")

    def url(self, member: Membership) -> str:
        """Where it was decided."""
        if self.due.entry is not None:
            return way(member, "appeal", self.due.entry.appeal_id)
        return way(member, "month-correction", self.due.part.correction_id) if self.due.part else ""


def changes(line: PayLine) -> list[Change]:
    """What corrections made of the amount, oldest first; one query."""
    found, stands = [], line.fen
    for due in PayDue.objects.of_lines().filter(line=line.pk).select_related("entry", "part").order_by("pk"):
        stands += due.fen
        found.append(Change(due, stands))
    return found


def corrections(moved: Sequence[Change]) -> list[parts.FormulaLine]:
    """Each correction of the amount: points before and after and the formula, where it has its own."""
    return [
        parts.FormulaLine(
            one.name, result=web_words.yuan(one.after),
            note=words.divided(one.due.entry.why) if one.due.entry else "", total=True, unit=_("yuan"),
        )
        for one in moved
    ]  # fmt: skip


def _without_source(links: list[parts.ChainLink], line: PayLine) -> list[parts.ChainLink]:
    """A month and its bonus pool are the same money: one link with the facts of both."""
    first, second = links[0], links[1]
    if line.pot.pool.run_id is None or first.fen != second.fen:
        return links
    return [parts.ChainLink(second.level, second.name, second.fen, second.url or first.url,
                            facts=first.facts), *links[2:]]  # fmt: skip


def chain(line: PayLine, member: Membership, moved: Sequence[Change] = ()) -> list[parts.ChainLink]:
    """From the pool through institution and pot to the person, then each correction (`moved`): it ends with
    what the line stands at.
    """
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
    links.append(parts.ChainLink(
        pgettext("pay", "person"), line.staff.name, line.fen, "", share, facts, here=not moved
    ))  # fmt: skip
    return [*links, *(
        parts.ChainLink(
            pgettext("pay", "correction"), one.name, one.after, one.url(member), here=one is moved[-1],
            facts=[parts.Fact(_("difference (yuan)"), web_words.yuan_diff(one.due.fen))],
        )
        for one in moved
    )]  # fmt: skip
