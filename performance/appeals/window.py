"""Until when appeals are filed: the one definition every page, refusal and notice says (practice.md 4).

From the decision of a month until its publication (公示) ends. What a department shows of its second
distribution is another thing: objections to that plan are answered in the department. But a line of pay
keeps all days it is shown: where that goes on beyond the publication, appeals about it do as well.
A deduction is decided when its month or year is long published: its time runs from its own decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import parameters
from alliance.web import words
from performance.appeals import clock, second
from performance.appeals.subjects import DECIDED, Subject
from performance.life import facts as months
from performance.models import AppealLine, Consequence, MonthRun, PayPot

PAYS = "payout.pay_undisputed"


@dataclass(frozen=True, slots=True)
class Window:
    """Whether the numbers of a month may be appealed: once `decided`, until `until` (None: not published
    yet, so no end is known). `deduction`: it is the time of one deduction, not of the month.
    """

    month: Month
    decided: bool
    until: datetime | None
    deduction: bool = False

    def open(self, now: datetime) -> bool:
        """Whether an appeal may be filed now."""
        return self.decided and (self.until is None or now < self.until)

    @property
    def last_day(self) -> str:
        """The last day in words, the day itself included."""
        return words.until(self.until)


def of_month(month: Month) -> Window:
    """The time of the numbers of a month; two queries."""
    decided = MonthRun.objects.filter(month=month.first_day, state__in=DECIDED).exists()
    life = months.life(month)
    return Window(month, decided, None if life is None else life.published_until)


def of_pot(pot: PayPot, month: Window) -> Window:
    """The time of the lines of a pot: until the publication of its month and its own showing are over."""
    if month.until is None or pot.shown_until is None:
        return replace(month, decided=True)
    return replace(month, decided=True, until=max(month.until, pot.shown_until))


def of_deduction(row: Consequence, month: Month) -> Window:
    """The time of a deduction: its working days from its decision, which its institution is told, whatever
    has become of the month it belongs to (definitions 9).
    """
    until = None if row.decided_at is None else clock.deduction_until(row.decided_at)
    return Window(month, row.decided_at is not None, until, deduction=True)


def of(subject: Subject, month: Window | None = None) -> Window:
    """The time of a number; `month` is that of its month where it is known already."""
    if subject.about == AppealLine.About.DEDUCTION:
        return of_deduction(subject.row, subject.month)
    month = month or of_month(subject.month)
    return of_pot(subject.row.pot, month) if subject.about == AppealLine.About.PAY else month


def all_of(subjects: Sequence[Subject]) -> list[Window]:
    """The times of numbers of one month; two queries for any number."""
    if not subjects:
        return []
    month = of_month(subjects[0].month)
    return [of(one, month) for one in subjects]


def said(window: Window, now: datetime, member: Membership) -> str:
    """Until when one may file, or why no longer and what remains to the member; at most one query more."""
    at = {"month": words.month(window.month), "until": window.last_day}
    if not window.decided:
        return _("%(month)s is not decided yet: say it in its review. An appeal follows the decision.") % at
    if window.open(now):
        return _("Appeals are filed until %(until)s.") % at if window.until else ""
    if window.deduction:
        text = _("Appeals about this deduction ended %(until)s: their time runs from its decision.")
    elif second.any_open(window.month, member, now):
        text = _(
            "Appeals about %(month)s ended %(until)s. What remains: against an answer, a second instance on "
            "the page of that appeal; against an error in the data, the performance office, which has it "
            "corrected by an exception of two people."
        )
    else:
        text = _(
            "Appeals about %(month)s ended %(until)s. What remains: against an error in the data, the "
            "performance office, which has it corrected by an exception of two people."
        )
    return text % at


def paid_meanwhile(month: Month) -> str:
    """What is paid while an appeal is open, by the setting in force for the month."""
    if parameters.in_force(PAYS, on=month.last_day):
        return _(
            "Pay does not wait for appeals: of a disputed line the undisputed part is paid with all others, "
            "the disputed part is held until the answer."
        )
    return _(
        "Pay does not wait for appeals: all other lines are paid, a disputed line is held whole until the "
        "answer."
    )
