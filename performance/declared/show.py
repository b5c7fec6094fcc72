"""What the pages of declared values show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.declared import book, forms, words
from performance.declared.services.deciding import evidence
from performance.dictionary import book as dictionary
from performance.engine.scheme import Scheme
from performance.engine.spans import counting
from performance.models import DeclaredProof, DeclaredValue, MonthRun
from performance.models.declared import CONFIRM, ENTER, PLACE
from performance.onsite import lines as onsite_lines
from performance.own import facts as own_books
from performance.show import labels

Row = DeclaredValue
State = Row.State
WITH_WHY = {"send_back": "send-back", "withdraw": "withdraw", "give_up": "withdraw"}


def page(row: Row, membership: Membership, **given: Any) -> dict[str, Any]:
    """One value: number, of whom, proof, who said what, its other revisions, the months that count it."""
    same = Row.objects.named().filter(**{name: getattr(row, name) for name in PLACE}).order_by("revision")
    return {
        "title": labels.named(labels.facts()[row.fact]), "row": row, "chip": words.state(row),
        "number": words.number(row), "unit": words.unit(row.fact), "span": words.span(row.span),
        "facts_value": facts(row), "files": list(files(row)),
        "revisions": [(one, words.number(one), words.state(one)) for one in same],
        "indicators": [
            parts.Fact(labels.named(one.indicator), one.code, way(membership, "indicator", one.code))
            for one in book.dividing(row.fact)
        ],
        "months": months(row), "actions": actions(row, membership, given.get("why")),
        "evidence": evidence(row.fact) if row.needs_proof else "",
        "found": onsite_lines.behind(row, membership) if row.way == Row.Way.VISIT else [],
        "history": parts.history(row), "typed": given.get("typed", []),
        "may_change": open_to_change(row, membership),
        "may_correct": row.state == State.CONFIRMED and own(row, membership) and membership.can(ENTER),
    }  # fmt: skip


def facts(row: Row) -> list[parts.Fact]:
    """Of whom, of when, by whom."""
    booked = labels.facts()[row.fact]
    found = [
        parts.Fact(_("of"), words.place(row)),
        parts.Fact(pgettext("declared value", "period"), words.span(row.span)),
        parts.Fact(pgettext("declared value", "key"), booked.key),
        parts.Fact(_("unit"), words.unit(row.fact)),
        parts.Fact(_("came in"), str(row.get_way_display())),
        parts.Fact(_("responsible person"), row.responsible),
        parts.Fact(_("entered by"), f"{row.entered_by.user} {web_words.moment(row.entered_at)}"),
    ]
    if row.confirmed_by is not None:
        said = f"{row.confirmed_by.user} {web_words.moment(row.confirmed_at)}"
        found.append(parts.Fact(_("confirmed by"), said))
    if row.note:
        found.append(parts.Fact(_("note"), row.note))
    if row.why:
        found.append(parts.Fact(_("why"), row.why))
    return found


def files(row: Row) -> Any:
    """The evidence of a value; one query."""
    return DeclaredProof.objects.filter(value=row).select_related("file", "added_by__user")


def open_to_change(row: Row, membership: Membership) -> bool:
    """Whether the member may change it now."""
    changeable = row.state in (State.ENTERED, State.RETURNED)
    return changeable and own(row, membership) and membership.can(ENTER)


def own(row: Row, membership: Membership) -> bool:
    """Whether the member stands for the place."""
    return membership.institution_id in (None, row.institution_id)


def actions(row: Row, membership: Membership, why: Any = None) -> list[parts.Action]:
    """The steps from here that the member may take; a reason opens in place."""
    found = []
    for one in row.steps_for(membership):
        name = WITH_WHY.get(one.name, one.name if one.name != "resubmit" else "submit")
        url = f"{reverse('declared-act', args=[row.pk, name])}?version={row.version}"
        form = None
        if one.name in WITH_WHY:
            form = (
                why
                if why is not None and why.auto_id == f"{name}-%s"
                else forms.WhyForm(auto_id=f"{name}-%s")
            )
        kind = "primary" if one.name in ("submit", "resubmit", "confirm") else ""
        found.append(parts.Action(str(one.custom["label"]), url, one.custom["icon"], kind, form=form))
    return found


def months(row: Row) -> Sequence[parts.Fact]:
    """What the months that count the span have made of it; one query."""
    first, last = counting(row.span)
    runs = MonthRun.objects.filter(
        month__range=(first.first_day, last.first_day), state__in=MonthRun.WITH_RESULT
    ).select_related("settlement__scheme")
    latest = {run.month: run for run in runs.order_by("month", "number")}
    return [
        parts.Fact(web_words.month(month), _in_month(row, run), reverse("month", args=[str(run.period)]))
        for month, run in latest.items()
    ]


def _in_month(row: Row, run: MonthRun) -> str:
    """Whether a computed month rests on this revision, as the times tell."""
    at = run.settlement.computed_at if run.settlement else run.started_at
    if run.settlement is not None and not _asked(row, run.settlement.scheme.scheme()):
        return _("the scheme of the month does not ask for it")
    counts = row.confirmed_at is not None and row.confirmed_at <= at
    replaced = row.superseded_at is not None and row.superseded_at <= at
    posted = run.state == MonthRun.State.POSTED
    if counts and not replaced:
        return _("counted; the month is posted and stays") if posted else _("counted")
    if replaced:
        return _("the correction was counted")
    return _("not counted: the month was posted before") if posted else _("not counted yet; compute again")


def _asked(row: Row, scheme: Scheme) -> bool:
    """Whether an indicator of a scheme divides the fact."""
    used = {item.indicator for column in scheme.columns for item in column.items}
    own = own_books.indicators()
    facts_of_own = {
        key for code in used & own.keys() for key in (*own[code].numerator, *own[code].denominator)
    }
    return row.fact in facts_of_own or any(one.code in used for one in book.dividing(row.fact))


def tabs(view: str, membership: Membership) -> list[parts.Tab]:
    """Saved views of the list with their numbers."""
    rows = Row.objects.seen_by(membership)
    labels_of = {"waiting": _("Waits for me"), "open": _("On its way"), "all": _("All")}
    return [
        parts.Tab(label, f"?view={name}", name == view, of_view(rows, name, membership).count())
        for name, label in labels_of.items()
    ]


def of_view(rows: Any, view: str, membership: Membership) -> Any:
    """The rows of a saved view."""
    if view == "open":
        return rows.filter(state__in=Row.OPEN)
    if view != "waiting":
        return rows
    mine = Q(pk__in=[])
    if membership.can(ENTER):
        mine |= Q(state__in=[State.ENTERED, State.RETURNED])
    if membership.can(CONFIRM):
        mine |= Q(state=State.SUBMITTED) & ~others(membership)
    return rows.filter(mine)


def others(membership: Membership) -> Q:
    """Values the member has a hand in already: somebody else confirms them."""
    return Q(entered_by__user=membership.user_id) | Q(submitted_by__user=membership.user_id)


def indicator(code: str) -> str:
    """An indicator's name; the code of one that is gone."""
    entry = dictionary.entries().get(code)
    return labels.named(entry.indicator) if entry else code
