"""What the pages of consequences show: the proposal, its formula with numbers, and what changed since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.consequences import forms, words
from performance.consequences.show_letters import tabs
from performance.models import Consequence
from performance.models.consequences import PROPOSE, REDUCE

State = Consequence.State
Figures = Mapping[str, Any]
Lines = Sequence[parts.FormulaLine]


def page(row: Consequence, membership: Membership, **given: Any) -> dict[str, Any]:
    """One consequence."""
    return {
        "title": f"{row.get_kind_display()} · {words.period(row.period)}", "row": row,
        "chip": words.state_chip(row), "subject": row.subject or _("the whole alliance"),
        "facts_row": facts(row, membership), "lines": formula(row, membership),
        "effect": effect(row), "actions": actions(row, membership, given), "since": since(row),
        "history": parts.history(row), "tabs": tabs("consequences", membership),
    }  # fmt: skip


def facts(row: Consequence, membership: Membership) -> list[parts.Fact]:
    """Whom it is about, how much, who proposed and decided."""
    found = [
        parts.Fact(_("of"), row.subject or _("the whole alliance")),
        parts.Fact(_("period"), words.period(row.period)),
        parts.Fact(_("found"), web_words.moment(row.opened_at)),
    ]
    if row.percent is not None:
        found.append(parts.Fact(_("percent"), words.percent(row.percent)))
        found.append(parts.Fact(_("base (yuan)"), web_words.yuan(row.base_fen)))
        found.append(parts.Fact(_("amount (yuan)"), web_words.yuan(row.fen)))
    if row.percent != row.found_percent:
        found.append(parts.Fact(_("found, %"), words.percent(row.found_percent)))
        found.append(parts.Fact(_("why reduced"), row.reduced_why))
    if row.letter_id is not None:
        found.append(
            parts.Fact(_("commitment letter"), str(row.letter), way(membership, "letter", row.letter_id))
        )
    if row.proposed_by is not None:
        found.append(parts.Fact(_("proposed by"), str(row.proposed_by.user)))
    if row.approval_id is not None:
        url = way(membership, "approval", row.approval_id)
        found.append(parts.Fact(_("approval"), str(row.approval.get_state_display()), url))
    if row.decided_by is not None:
        said = f"{row.decided_by.user} {web_words.moment(row.decided_at)}"
        found.append(parts.Fact(_("decided by"), said))
    return found


def effect(row: Consequence) -> str:
    """What it would do, or does, in one sentence."""
    if row.state == State.AGREED:
        return (
            _("Decided. The settlement of pay reads it from here.")
            if row.percent
            else _("Decided; in force.")
        )
    if row.state in Consequence.LIVE:
        return _("A proposal: nothing changes before the deciders have agreed.")
    if row.state == State.DECLINED:
        return _("The deciders did not agree; nothing changes, and the same figures are not proposed again.")
    return _("The figures changed before anybody decided, so this proposal ended.")


def formula(row: Consequence, membership: Membership | None) -> Lines:
    """The figures as a formula with numbers put in, by kind."""
    written = FORMULAS.get(row.kind)
    return written(row, membership) if written else []


def commitment(row: Consequence, membership: Membership | None) -> Lines:
    """Each broken promise with what it deducts, their sum, the amount."""
    figures, found = row.figures, []
    url = way(membership, "letter", row.letter_id) if membership is not None else ""
    for line in figures["promises"]:
        promise = words.promise_of(line)
        reached = Decimal(line["fulfilment"]) if line["fulfilment"] else None
        if line["standing"] == "unknown":
            found.append(
                parts.FormulaLine(words.name(promise), [], web_words.DASH, _("not known: does not count"))
            )
            continue
        terms = [
            parts.Term(words.number(line["value"], promise), _("reached"), url),
            parts.Term(words.number(line["target"], promise), _("promised"), "", "÷"),
            parts.Term(
                words.percent(round(reached, 2) if reached is not None else None), _("fulfilled"), "", "="
            ),
        ]
        note = _breach(line, figures)
        found.append(parts.FormulaLine(words.name(promise), terms, words.percent(line["deduction"]), note))
    note = _("together, at most %(high)s") % {"high": words.percent(figures["high"])}
    found.append(parts.FormulaLine(_("deduction"), [], words.percent(row.found_percent), note, total=True))
    return [*found, *money(row, _("performance pay of the year (yuan)"))]


def _breach(line: Figures, figures: Figures) -> str:
    if line["deduction"] is None:
        return pgettext("promise", "met")
    named = {"partial": words.percent(figures["partial"]), "n": words.percent(line["deduction"])}
    if Decimal(line["fulfilment"]) >= Decimal(figures["partial"]):
        return _("from %(partial)s on the least deduction, %(n)s") % named
    return _("below %(partial)s: the letter's deduction, %(n)s") % named


def money(row: Consequence, base: str) -> Lines:
    """Percent of the base; where the base is not known yet the percent stands alone."""
    if row.percent is None:
        return []
    share = parts.Term(words.percent(row.percent), _("proposed"), "", "×")
    if row.base_fen is None:
        return [parts.FormulaLine(_("amount"), [parts.Term(web_words.DASH, base), share], web_words.DASH,
                                  _("the base is not known yet: the percentage is decided"))]  # fmt: skip
    terms = [parts.Term(web_words.yuan(row.base_fen), base), share]
    return [parts.FormulaLine(_("amount"), terms, web_words.yuan(row.fen), total=False, unit=_("yuan"))]


FORMULAS: dict[str, Callable[[Consequence, Membership | None], Lines]] = {
    Consequence.Kind.COMMITMENT: commitment,
}


def since(row: Consequence) -> list[str]:
    """What changed since the decision, in sentences; nothing while the figures are the same."""
    changed = row.since
    if not changed:
        return []
    if changed.get("gone"):
        return [_("With the figures of today there would be no proposal.")]
    return [
        _("With the figures of today %(now)s would be proposed; %(then)s was found then.")
        % {"now": words.percent(changed["percent"]), "then": words.percent(row.found_percent)}
    ]


def actions(row: Consequence, membership: Membership, given: Mapping[str, Any]) -> list[parts.Action]:
    """Put it to the vote, or reduce it first."""
    found: list[parts.Action] = []
    if membership.institution_id is not None or row.state not in Consequence.LIVE:
        return found
    version = f"?version={row.version}"
    if membership.can(PROPOSE) and row.state == State.OPEN:
        url = reverse("consequence-act", args=[row.pk, "propose"]) + version
        form = given.get("propose") or forms.ChainForm(auto_id="propose-%s")
        found.append(parts.Action(_("Put to the vote…"), url, "up", "primary", form=form))
    if membership.can(REDUCE) and row.percent is not None and row.percent > (row.low or 0):
        url = reverse("consequence-act", args=[row.pk, "reduce"]) + version
        form = given.get("reduce") or forms.ReduceForm(auto_id="reduce-%s")
        found.append(parts.Action(_("Reduce…"), url, "adjust", form=form))
    return found


def title(arguments: Mapping[str, Any]) -> str:
    """What an approval is about, in the language of the reader."""
    kind = Consequence.Kind(arguments["kind"]).label
    return f"{kind} · {arguments['subject'] or _('the whole alliance')} · {words.period(arguments['period'])}"


def summary(approval: Approval) -> registry.Summary:
    """What the deciders read."""
    row = Consequence.objects.named().get(pk=approval.about_id)
    found = [
        parts.Fact(_("consequence"), str(row.get_kind_display())),
        parts.Fact(_("of"), row.subject or _("the whole alliance")),
        parts.Fact(_("period"), words.period(row.period)),
    ]
    if row.percent is not None:
        found.append(parts.Fact(_("percent"), words.percent(row.percent)))
        found.append(parts.Fact(_("amount (yuan)"), web_words.yuan(row.fen)))
    if row.reduced_why:
        found.append(parts.Fact(_("why reduced"), row.reduced_why))
    found += [parts.Fact(line.name, f"{line.result} {line.note}".strip()) for line in formula(row, None)]
    return registry.Summary(
        "approvals/_subject.html", {"facts": found}, reverse("consequence", args=[row.pk])
    )


def block(membership: Membership, institution: int) -> list[tuple[Consequence, Any, str]]:
    """The newest consequences of an institution for its portrait; one query, none without the right."""
    if not membership.can("consequence.view"):
        return []
    rows = Consequence.objects.seen_by(membership).filter(institution=institution).exclude(
        state=State.WITHDRAWN
    )  # fmt: skip
    return [(row, words.state_chip(row), words.percent(row.percent)) for row in rows[:6]]
