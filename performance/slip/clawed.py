"""What claw-backs take of a person's pay, and what decisions on error tolerance give back of it (容错)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.period import Month
from alliance.models import Membership, Staff
from alliance.web import words as web_words
from alliance.web.access import way
from performance.dues.facts import Amount
from performance.models import ClawbackShare, PayDeduction
from performance.tolerance import exempting, reliefs
from performance.tolerance.exempting import Exemption


@dataclass(frozen=True)
class Later:
    """A correction or claw-back (signed fen) and the month whose pay gives or bears it (`at`). What `waits`
    is taken of later pay and no part of that month's. `line`: which one it corrects; None of a claw-back.
    `mark`: the number of the decision on error tolerance (容错) that exempts it.
    """

    at: Month
    what: str
    why: str
    fen: int
    url: str = ""
    waits: bool = False
    line: int | None = None
    mark: str = ""


def settled(one: Amount) -> str:
    """Whether an amount is paid or deducted, and with which month; before the bank has paid it, its lot."""
    month = {"month": web_words.month(one.at.first_day)}
    if one.back:
        return one.back
    if one.waits:
        return _("is taken of later pay")
    if one.fen < 0 and not one.paid:
        return _("is deducted with the next lots of %(month)s") % month
    if one.fen < 0:
        return _("deducted of the pay of %(month)s") % month
    if one.paid:
        return _("paid with the lots of %(month)s") % month
    return _("stands in lot %(lot)s") % {"lot": one.lot} if one.lot else _("is paid with the next lot")


def of_person(
    staff: Staff, amounts: Sequence[Amount], member: Membership, line: int | None = None
) -> list[Later]:
    """What was taken by the month whose pay bears it, what is exempted and no longer taken, what is given
    back; four queries. `line`: of the pay of this line alone.
    """
    rows = PayDeduction.objects.filter(staff=staff, share__isnull=False)
    taken = list(rows.select_related("share__clawback").order_by("into", "share__clawback__month", "pk"))
    shares = ClawbackShare.objects.filter(staff=staff, clawback__state="posted").select_related("clawback")
    here = {share.pk: share for share in shares}
    exempted = exempting.of_shares(list(here)) if here else {}
    found = list(_taken([one for one in taken if line in (None, one.line_id)], exempted))
    if line is None:
        found += _spared(here, taken, exempted)
    given = [one for one in amounts if one.relief is not None and line in (None, one.line)]
    numbers = reliefs.numbers([one.relief for one in given if one.relief is not None])
    return [*found, *(_given(one, member, numbers) for one in given)]


def _taken(rows: Sequence[PayDeduction], exempted: dict[int, Exemption]) -> Iterator[Later]:
    """What a claw-back takes of a month's pay; of exempted shares apart, with their mark."""
    sums: dict[tuple[Month, Month, str, str], int] = defaultdict(int)
    for one in rows:
        assert one.share is not None, "only deductions of claw-backs are read"
        of = exempted.get(one.share.pk)
        number = of.case.number if of is not None else ""
        sums[Month.of(one.into), one.share.clawback.period, one.share.clawback.reason, number] += one.fen
    for (into, month, reason, number), fen in sums.items():
        why = _("belongs to %(month)s: %(reason)s") % {"month": web_words.month(month), "reason": reason}
        yield Later(into, _("Claw-back"), why, -fen, mark=number)


def _spared(
    shares: dict[int, ClawbackShare], taken: Sequence[PayDeduction], exempted: dict[int, Exemption]
) -> Iterator[Later]:
    """What an exemption leaves untaken: no part of any month's pay."""
    done: dict[int, int] = defaultdict(int)
    for one in taken:
        done[one.share_id or 0] += one.fen
    for pk, of in exempted.items():
        share, exempt = shares[pk], exempting.fen_of(of)
        if spared := exempt - max(0, done[pk] - (share.fen - exempt)):
            why = _("belongs to %(month)s: %(yuan)s yuan are no longer taken, the institution bears them") % {
                "month": web_words.month(share.clawback.month), "yuan": web_words.yuan(spared),
            }  # fmt: skip
            at = Month.of(share.clawback.into)
            yield Later(at, _("Claw-back"), why, 0, waits=True, mark=of.case.number)


def _given(one: Amount, member: Membership, numbers: dict[int, str]) -> Later:
    assert one.relief is not None
    why = _("belongs to %(month)s: the institution bears it") % {
        "month": web_words.month(one.about.first_day)
    }
    return Later(
        one.at, pgettext("tolerance", "Claw-back given back"), f"{why} · {settled(one)}", one.fen,
        way(member, "relief", one.relief), one.waits, mark=numbers[one.relief],
    )  # fmt: skip
