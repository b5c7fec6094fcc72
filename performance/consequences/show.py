"""What the pages of consequences show: the proposal, its formula with numbers, and what changed since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from performance.consequences import forms, formulas, show_years, words
from performance.consequences.services import proposals
from performance.consequences.show_letters import tabs
from performance.deductions import facts as deductions
from performance.deductions import show as show_deductions
from performance.deductions.services.charging import KINDS as CHARGED
from performance.models import Consequence, Interview
from performance.models.consequences import PROPOSE, REDUCE
from performance.tolerance import exempting as tolerance

State = Consequence.State


def page(row: Consequence, membership: Membership, **given: Any) -> dict[str, Any]:
    """One consequence."""
    found = deductions.progress(row) if row.kind in CHARGED else None
    return {
        "title": f"{row.get_kind_display()} · {words.period(row.period)}", "row": row,
        "chip": words.state_chip(row), "subject": row.subject or _("the whole alliance"),
        "facts_row": facts(row, membership), "lines": formulas.of(row, membership),
        "effect": show_deductions.effect(row, found) if found and _charged(row) else effect(row),
        "actions": [
            *actions(row, membership, given),
            *(show_deductions.actions(row, found, membership, given) if found else ()),
        ],
        "since": since(row), "way": show_deductions.way_of(found, membership) if found else [],
        "interview": show_years.interview(Interview.objects.filter(consequence=row).select_related(
            "owner__user").first(), membership, given),
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
    elif row.fen is not None:
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
    if (case := tolerance.exempting(row.pk)) is not None:
        url = way(membership, "tolerance-case", case.pk)
        found.append(parts.Fact(_("exempted by decision"), case.number, url))
    return found


def _charged(row: Consequence) -> bool:
    """Whether it is a decided deduction of money, which is charged and taken."""
    return bool(row.fen) and row.state in (State.AGREED, State.LIFTED)


def effect(row: Consequence) -> str:
    """What it would do, or does, in one sentence."""
    if row.state == State.AGREED:
        return _("Decided; in force.")
    if row.state == State.LIFTED:
        return _("An appeal was upheld: the whole deduction is lifted.")
    if row.state in Consequence.LIVE:
        return _("A proposal: nothing changes before the deciders have agreed.")
    if row.state == State.DECLINED:
        return _("The deciders did not agree; nothing changes, and the same figures are not proposed again.")
    return _("The figures changed before anybody decided, so this proposal ended.")


def since(row: Consequence) -> list[str]:
    """What changed since the decision, in sentences; nothing while the figures are the same."""
    changed = row.since
    if not changed:
        return []
    if changed.get("gone"):
        return [_("With the figures of today there would be no proposal.")]
    if changed["percent"] is None:
        return [_("The figures have changed since the decision; it would be proposed today as well.")]
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
    if row.kind == Consequence.Kind.REWEIGHT:
        return _draft(row, membership, version, given)
    band = proposals.band_of(row)
    if membership.can(PROPOSE) and row.state == State.OPEN and band is not None:
        url = reverse("consequence-act", args=[row.pk, "amount"]) + version
        form = given.get("amount") or forms.AmountForm(auto_id="amount-%s", initial={"fen": row.fen})
        kind = "primary" if row.fen is None else ""
        found.append(parts.Action(_("Enter the amount…"), url, "coin", kind, form=form))
    if membership.can(PROPOSE) and row.state == State.OPEN and (band is None or row.fen is not None):
        url = reverse("consequence-act", args=[row.pk, "propose"]) + version
        form = given.get("propose") or forms.ChainForm(auto_id="propose-%s")
        found.append(parts.Action(_("Put to the vote…"), url, "up", "primary", form=form))
    if membership.can(REDUCE) and row.percent is not None and row.percent > (row.low or 0):
        url = reverse("consequence-act", args=[row.pk, "reduce"]) + version
        form = given.get("reduce") or forms.ReduceForm(auto_id="reduce-%s")
        found.append(parts.Action(_("Reduce…"), url, "adjust", form=form))
    return found


def _draft(
    row: Consequence, membership: Membership, version: str, given: Mapping[str, Any]
) -> list[parts.Action]:
    """The draft of other weights: made here once, decided in the drafting room."""
    if row.draft_id is not None:
        url = way(membership, "performance-draft", row.draft_id)
        return [parts.Action(_("Open the draft"), url, "adjust", "primary", get=True)] if url else []
    if not membership.can(PROPOSE):
        return []
    form = given.get("draft") or forms.DraftForm(auto_id="draft-%s")
    url = reverse("reweight-begin", args=[row.pk]) + version
    return [parts.Action(_("Make the draft…"), url, "plus", "primary", form=form)]


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
    if row.fen is not None:
        found.append(parts.Fact(_("amount (yuan)"), web_words.yuan(row.fen)))
    if row.reduced_why:
        found.append(parts.Fact(_("why reduced"), row.reduced_why))
    found += [parts.Fact(line.name, f"{line.result} {line.note}".strip()) for line in formulas.of(row, None)]
    return registry.Summary(
        "approvals/_subject.html", {"facts": found}, reverse("consequence", args=[row.pk]),
        registry.within(Consequence.objects.seen_by, row.pk),
    )  # fmt: skip


def block(membership: Membership, institution: int) -> list[tuple[Consequence, Any, str]]:
    """The newest consequences of an institution for its portrait; one query, none without the right."""
    if not membership.can("consequence.view"):
        return []
    rows = Consequence.objects.seen_by(membership).filter(institution=institution).exclude(
        state=State.WITHDRAWN
    )  # fmt: skip
    return [(row, words.state_chip(row), words.percent(row.percent)) for row in rows[:6]]
