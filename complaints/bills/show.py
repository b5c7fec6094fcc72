"""What the pages of bills show."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alliance.lib.workdays import SHANGHAI
from alliance.models import Department, Institution, Membership
from alliance.services import parameters
from alliance.web import words
from alliance.web.parts import Fact
from complaints.bills import composition, services
from complaints.bills.asking import Asked
from complaints.bills.composition import Bill, Line
from complaints.bills.models import BillLink, BillQuestion
from complaints.bills.refusals import NotOpened
from complaints.services import limits
from grouping.billed import BillFact


def good_for(now: datetime) -> dict[str, str]:
    """How long a printed code and a bill that was asked for stay good, as decided for today."""
    days = parameters.in_force("bill.link_days", on=now.astimezone(SHANGHAI).date())
    look = limits.days("bill.look", now)
    return {"printed": words.span(timedelta(days=int(str(days)))), "asked": words.span(look)}


def not_opened(refusal: NotOpened) -> str:
    """The sentence; it never says which of the three was wrong."""
    if refusal.wait:
        return _("Too many attempts. Try again later, or ask at the counter for the code of your stay.")
    return _(
        "These three do not belong together. Look at the discharge paper, or ask at the counter for the code "
        "of your stay."
    )


def line_label(line: Line) -> str:
    """A line among the choices of a question."""
    return f"{line.name} {words.yuan(line.fen)}"


def asked(found: Asked, code: str, token: str) -> dict[str, Any]:
    """The number of the complaint, its first clock, and where it is followed."""
    return {
        "complaint": found.complaint, "follow": _follow(code, found.secret), "token": token,
        "added": found.added,
    }  # fmt: skip


def _follow(code: str, secret: str) -> str:
    return reverse("say-complaint-follow", args=[code, secret])


def bill(link: BillLink, fact: BillFact, made: Bill) -> dict[str, Any]:
    """Everything of the page of one bill: no diagnosis, the name masked."""
    place = Institution.objects.get(pk=fact.institution_id)
    ward = Department.objects.filter(institution=place, code=fact.department_code).first()
    return {
        "place": place, "bill": made, "facts": _stay(fact, ward.name if ward else ""),
        "squares": _squares(made), "keys": _keys(made), "parts": _parts(made), "until": link.expires_at,
        "guide": services.guide_on(fact.discharged.astimezone(SHANGHAI).date()), "reading": reading(made),
    }  # fmt: skip


def _stay(fact: BillFact, ward: str) -> list[Fact]:
    found = [
        Fact(_("patient"), fact.patient),
        Fact(_("record number"), fact.record_no),
        Fact(_("admitted"), words.day(fact.admitted.astimezone(SHANGHAI).date())),
        Fact(_("discharged"), words.day(fact.discharged.astimezone(SHANGHAI).date())),
    ]
    return [*found, Fact(_("department"), ward)] if ward else found


def _series() -> dict[str, str]:
    """Family -> the colour of its squares; the legend names each in words and number."""
    return {key: f"s{n}" for n, key in enumerate(composition.families(), 1)}


def _squares(made: Bill) -> list[dict[str, Any]]:
    series = _series()
    return [{"x": x, "y": y, "series": series[key]} for x, y, key in composition.squares(made.families)]


def _keys(made: Bill) -> list[dict[str, Any]]:
    series = _series()
    return [
        {"name": one.name, "fen": one.fen, "squares": one.squares, "series": series[one.key]}
        for one in made.families
    ]


def reading(made: Bill) -> str:
    """What the picture says, for who does not see it."""
    told = [_("%(name)s %(squares)d") % {"name": one.name, "squares": one.squares} for one in made.families]
    return _("Of every 100 yuan: %(parts)s") % {"parts": _(", ").join(told)}


def _parts(made: Bill) -> list[dict[str, Any]]:
    """Who paid, as lengths of a bar of 100: the insurance, the patient inside and outside its scope."""
    if made.paid_fen is None or made.total_fen <= 0:
        return []
    if made.inside_fen is None or made.outside_fen is None:
        rows = [(_("paid by the insurance"), made.paid_fen), (_("paid by you"), made.own_fen or 0)]
    else:
        rows = [
            (_("paid by the insurance"), made.paid_fen),
            (_("your share of what is covered"), made.inside_fen),
            (_("not covered by the insurance"), made.outside_fen),
        ]
    found, at = [], Fraction(0)
    for number, (name, fen) in enumerate(rows, 1):
        length = Fraction(100 * fen, made.total_fen)
        found.append({
            "name": name, "fen": fen, "series": f"s{number}", "share": length / 100,
            "x": _svg(at), "width": _svg(length),
        })  # fmt: skip
        at += length
    return found


def _svg(value: Fraction) -> str:
    return f"{float(value):.3f}"


def question(row: BillQuestion, fact: BillFact | None, membership: Membership) -> dict[str, Any]:
    """The page of a questioned line for staff: the line then, the bill now, the stay behind it."""
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    made = composition.compose(fact, language) if fact else None
    facts = [
        Fact(_("asked"), words.moment(row.asked_at)),
        Fact(_("line of the bill"), composition.name_of(row.line, language)),
        Fact(_("amount then (yuan)"), words.yuan(row.fen)),
        Fact(_("total then (yuan)"), words.yuan(row.total_fen)),
    ]
    if fact:
        url = reverse("case", args=[row.case_id]) if membership.can("case.view") else ""
        facts += [Fact(_("record number"), fact.record_no, url), Fact(_("patient"), fact.patient)]
    return {
        "title": _("Questioned line of a bill"), "row": row, "facts_of": facts, "bill": made,
        "changed": made is not None and (made.total_fen, made.listed) != (row.total_fen, row.listed),
    }  # fmt: skip
