"""What the pages of postings show: facts, buttons."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.lib.refusal import Refused
from alliance.models import Membership
from alliance.postings import forms, tables
from alliance.postings.models import Posting, Visit
from alliance.postings.services import is_expert
from alliance.web import parts, words
from alliance.web.refused import add_refusal, worded

STEP_FORMS: Mapping[str, type[Form]] = {
    "refuse": forms.WhyForm, "withdraw": forms.WhyForm, "end": forms.EndForm,
    "report": forms.FiguresForm, "dispute": forms.WhyForm, "absent": forms.AbsentForm,
}  # fmt: skip
# Kept pay is a matter of the sender's administration and of the alliance's office.
SEES_PAY = "posting.plan"


# One posting -------------------------------------------------------------------
def posting_page(posting: Posting, membership: Membership) -> dict[str, Any]:
    """Everything of a posting's page."""
    evaluations = list(posting.evaluations.select_related("by__user"))
    return {
        "title": f"{posting.staff.name} → {posting.host.short_name}", "posting": posting,
        "chip": tables.posting_chip(posting), "facts_terms": terms(posting, membership),
        "actions": actions(posting, membership, "posting-act"), "figs": totals(posting),
        "allowance": allowance(posting), "evaluations": evaluations,
        "evaluate": evaluation_form(posting, membership),
        "history": parts.history(posting), "visits": visits_of(posting),
    }  # fmt: skip


def terms(posting: Posting, membership: Membership) -> list[parts.Fact]:
    """What the two sides agreed; kept pay only for who administers it."""
    found = [
        parts.Fact(_("kind of posting"), str(posting.get_kind_display())),
        parts.Fact(_("posted from"), place(posting.sender, posting.sender_department)),
        parts.Fact(_("posted to"), place(posting.host, posting.host_department)),
        parts.Fact(_("purpose"), posting.purpose),
        parts.Fact(_("from, to"), f"{posting.first_day} – {posting.ended_on or posting.last_day}"),
        parts.Fact(_("weekdays"), f"{tables.weekdays(posting)} {tables.halves(posting)}"),
        parts.Fact(_("backbone doctor"), _("yes") if posting.backbone else _("no")),
        parts.Fact(
            _("local allowance for half a day"), _("%(n)s yuan") % {"n": words.yuan(posting.allowance_fen)}
        ),
    ]
    if posting.kept_salary_fen is not None and sees_pay(posting, membership):
        kept = _("%(n)s yuan") % {"n": words.yuan(posting.kept_salary_fen)}
        found.append(parts.Fact(_("pay kept by the sender, a month"), kept))
    if posting.why:
        found.append(parts.Fact(_("why"), posting.why))
    return found


def sees_pay(posting: Posting, membership: Membership) -> bool:
    """Whether the member may see what the sender goes on paying."""
    return membership.can(SEES_PAY) and membership.institution_id in (None, posting.sender_id)


def place(institution: Any, department: Any) -> str:
    """Institution and department."""
    return f"{institution.name} {department.name if department else ''}".strip()


def totals(posting: Posting) -> list[parts.Fig]:
    """How many days were planned, held, missed; what was done on them."""
    done = Q(state=Visit.State.CONFIRMED)
    sums = posting.visits.aggregate(
        due=Count("pk", filter=~Q(state__in=["moved", "dropped"])), done=Count("pk", filter=done),
        missed=Count("pk", filter=Q(state=Visit.State.ABSENT)), seen=Sum("patients_seen", filter=done),
        kept=Sum("retained", filter=done), minutes=Sum("teaching_minutes", filter=done),
    )  # fmt: skip
    share = Decimal(sums["done"]) / sums["due"] if sums["due"] else None
    kept = _("%(n)s kept instead of referred") % {"n": words.num(sums["kept"] or 0)}
    return [
        parts.Fig(
            _("days confirmed"), words.num(sums["done"]), _("of %(n)d") % {"n": sums["due"]}, words.pct(share)
        ),
        parts.Fig(_("did not take place"), words.num(sums["missed"]), bad=bool(sums["missed"])),
        parts.Fig(_("patients seen"), words.num(sums["seen"] or 0), "", kept),
        parts.Fig(_("teaching"), words.num(Decimal(sums["minutes"] or 0) / 60, 1), pgettext("unit", "hours")),
    ]  # fmt: skip


def allowance(posting: Posting) -> list[parts.FormulaLine]:
    """The local allowance of each month with confirmed days: half days times the agreed amount."""
    found: dict[str, int] = {}
    confirmed = posting.visits.filter(state=Visit.State.CONFIRMED).order_by("day")
    for day, morning, afternoon in confirmed.values_list("day", "morning", "afternoon"):
        month = f"{day:%Y-%m}"
        found[month] = found.get(month, 0) + int(morning) + int(afternoon)
    return [_allowance_line(posting, month, halves) for month, halves in found.items()]


def _allowance_line(posting: Posting, month: str, halves: int) -> parts.FormulaLine:
    terms = [
        parts.Term(words.num(halves), _("half days confirmed")),
        parts.Term(words.yuan(posting.allowance_fen), _("yuan for half a day"), op="×"),
    ]
    return parts.FormulaLine(
        words.month(month), terms, words.yuan(halves * posting.allowance_fen), unit=_("yuan")
    )


def visits_of(posting: Posting) -> tables.VisitTable:
    """The days of a posting, newest first."""
    rows = posting.visits.with_names().order_by("-day", "-pk")
    return tables.VisitTable(rows, exclude=("where",))


def evaluation_form(posting: Posting, membership: Membership) -> forms.EvaluationForm | None:
    """The host's form, for the last month with confirmed days; None for others."""
    if posting.side_of(membership) != "host" or not membership.can("posting.host"):
        return None
    last = posting.visits.filter(state=Visit.State.CONFIRMED).order_by("-day").first()
    return forms.EvaluationForm(initial={"month": f"{last.day:%Y-%m}"}) if last else None


# One day -----------------------------------------------------------------------
def visit_page(visit: Visit, membership: Membership, today: date, asks_place: bool) -> dict[str, Any]:
    """Everything of a day's page."""
    return {
        "title": f"{visit.staff.name} · {visit.day:%Y-%m-%d}", "visit": visit,
        "chip": tables.visit_chip(visit), "facts_day": day_facts(visit),
        "actions": actions(visit, membership, "visit-act", too_early(visit, today)),
        "history": parts.history(visit), "clocking": clocking(visit, membership, today),
        "asks_place": asks_place,
    }  # fmt: skip


def too_early(visit: Visit, today: date) -> tuple[str, ...]:
    """Steps without a button: a day to come is neither reported nor confirmed."""
    return ("drop", "report", "confirm") if visit.day > today else ("drop",)


def day_facts(visit: Visit) -> list[parts.Fact]:
    """Where, when, what was done."""
    found = [
        parts.Fact(_("posted from"), visit.posting.sender.name),
        parts.Fact(_("posted to"), place(visit.posting.host, visit.posting.host_department)),
        parts.Fact(_("time"), tables.halves(visit)),
        parts.Fact(_("posting"), visit.posting.purpose, reverse("posting", args=[visit.posting_id])),
    ]
    named = ("patients_seen", "teaching_minutes", "retained")
    labels = {name: str(Visit._meta.get_field(name).verbose_name) for name in named}  # type: ignore[union-attr]
    found += [parts.Fact(labels[name], words.num(getattr(visit, name))) for name in named]
    for label, value in (
        (_("arrived"), words.moment(visit.checked_in_at)), (_("left"), words.moment(visit.checked_out_at)),
        (_("place"), visit.place_in), (_("note"), visit.note),
        (_("reason"), visit.get_absence_display() if visit.absence else ""), (_("why"), visit.why),
    ):  # fmt: skip
        if value and value != words.DASH:
            found.append(parts.Fact(str(label), str(value)))
    if visit.stands_for_id:
        found.append(parts.Fact(_("instead of"), _("Open it"), reverse("visit", args=[visit.stands_for_id])))
    return found


def clocking(visit: Visit, membership: Membership, today: date) -> str:
    """What the expert may note now: "in", "out" or ""."""
    if visit.state != Visit.State.PLANNED or visit.day != today or not is_expert(membership, visit):
        return ""
    if visit.checked_in_at is None:
        return "in"
    return "out" if visit.checked_out_at is None else ""


def actions(
    row: Posting | Visit, membership: Membership, name: str, hidden: Collection[str] = ("drop",)
) -> list[parts.Action]:
    """A button for each step this member may take now, the first in front."""
    return [
        parts.Action(
            str(step.custom["label"]), act_url(row, step.name, name), step.custom["icon"],
            "primary" if place == 0 and step_form(row, step.name) is None else "",
            form=step_form(row, step.name), id=f"act-{step.name}",
        )
        for place, step in enumerate(row.steps_for(membership))
        if step.name not in hidden
    ]  # fmt: skip


def act_url(row: Posting | Visit, step: str, name: str) -> str:
    """Where a step is posted, with the version the page was read at."""
    return f"{reverse(name, args=[row.pk, step])}?version={row.version}"


def step_form(row: Posting | Visit, step: str, data: Any = None) -> Form | None:
    """The fields of a step; a planned day is confirmed with figures, a reported one as it stands."""
    if step == "confirm" and row.state != Visit.State.PLANNED:
        return None
    if step in ("confirm", "move"):
        named = {"data": data, "auto_id": f"{step}-%s"}
        return forms.SwapForm(visit=row, **named) if step == "move" else forms.FiguresForm(**named)
    form = STEP_FORMS.get(step)
    return form(data, auto_id=f"{step}-%s") if form else None


def act_page(row: Any, form: Form | None, action: str, error: Refused | None, back: str) -> dict[str, Any]:
    """A step that was refused: its form again, or the sentence."""
    sentence = worded(error) if error else ""
    if error and form is not None:
        add_refusal(form, error)
    return {"title": str(row), "form": form, "sentence": sentence, "action": action, "back": back}
