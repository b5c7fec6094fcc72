"""Appeals and their numbers in the words of the reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alliance.models import Membership
from alliance.web import words as web_words
from alliance.web.cells import chip
from alliance.web.context import role_name
from performance.appeals.subjects import Subject
from performance.models import Appeal, AppealLine, LevelRun
from performance.services import schemes
from performance.show import labels

About = AppealLine.About
CHIPS: Mapping[str, str] = {
    "filed": "warn", "assigned": "info", "upheld": "prov", "corrected": "ok", "rejected": "", "withdrawn": "",
}  # fmt: skip


def state(row: Appeal) -> SafeString:
    """The state as a chip."""
    return chip(CHIPS[row.state], row.get_state_display())


def clock(row: Appeal, now: datetime) -> SafeString:
    """How long is left, in red where it is late; what counts days nobody has published is provisional."""
    if row.state not in Appeal.UNANSWERED:
        return SafeString(web_words.DASH)
    kind = "late" if row.due_at <= now else "warn" if row.escalates_at <= now else "info"
    found = chip(kind, web_words.due(row.due_at, now), "clock")
    if row.provisional:
        return format_html("{} {}", found, chip("prov", _("provisional calendar")))
    return found


def divided(why: Mapping[str, Any]) -> str:
    """Points before and after a correction of a pot and how its amount comes about, as its entry keeps them;
    '' for an entry of another kind.
    """
    if "corrected_of_all" not in why:
        return ""
    before, after, everybody = (
        web_words.plain(Decimal(why[name])) for name in ("points", "corrected", "corrected_of_all")
    )
    exact = Fraction(Decimal(why["corrected"])) * why["pot_fen"] / 100
    whole = Fraction(Decimal(why["corrected_of_all"]))
    return _("points %(before)s → %(after)s: %(pot)s × %(after)s ÷ %(all)s = %(amount)s") % {
        "before": before, "after": after, "all": everybody, "pot": web_words.yuan(why["pot_fen"]),
        "amount": web_words.num(exact / whole if whole else Fraction(0), 4),
    }  # fmt: skip


def person(member: Membership) -> str:
    """A name with where the person stands."""
    return f"{member.user} · {role_name(member)}"


def subject(one: Subject) -> str:
    """A number in words; money as it stands after corrections."""
    return number(one.about, one.row, one.fen)


def line(row: AppealLine) -> str:
    """The number of a stored line in words."""
    found = {
        "score": row.score, "value": row.value, "case": row.case, "deduction": row.deduction,
        "pay": row.pay_line,
    }.get(row.about)  # fmt: skip
    if row.own is not None:
        return f"{row.own.staff.name} · {labels.named(of_person(row.own.run, row.indicator))}"
    return number(row.about, found)


def pay_line(row: Any) -> str:
    """A line of pay: which pool, whose pot, who."""
    return f"{row.pot.pool.title} · {row.pot.place} · {row.staff}"


def of_person(run: LevelRun, code: str) -> Any:
    """An indicator of a run of persons, as its scheme has it."""
    known = schemes.indicators_of(run.scheme.scheme(), run.level)
    return next(one for one in known if one.code == code)


def number(about: str, row: Any, fen: int | None = None) -> str:
    """What a number is: line of pay, score, indicator, case or deduction."""
    if about == About.PAY:
        amount = web_words.yuan(row.fen if fen is None else fen)
        return f"{row.pot.pool.title} · {row.pot.place} · {amount} {_('yuan')}"
    if about == About.SCORE:
        return f"{row.institution.short_name} · {_('score')} {web_words.assessed(row.score, 4)}"
    if about == About.VALUE:
        found = row.settlement.indicators()[row.indicator]
        return f"{labels.named(found)} · {labels.value(row.value, found)}"
    if about == About.OWN:
        indicator = of_person(row.subject.run, row.indicator)
        return f"{row.subject.staff.name} · {labels.named(indicator)} · {labels.value(row.value, indicator)}"
    if about == About.CASE:
        return f"{_('case')} {row.record_no}"
    return str(row)
