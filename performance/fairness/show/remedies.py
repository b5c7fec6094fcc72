"""What follows from a clue, as its page shows it: state, facts, who may do what; what the deciders read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.approvals import names as approval_names
from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.models import Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from alliance.web.cells import chip
from performance.declared.forms import VetoForm
from performance.declared.services import vetoes
from performance.declared.show_samples import chain_choices
from performance.fairness import forms, words
from performance.fairness.services import remedies
from performance.models import Clue, ClueRemedy, Consequence, DeclaredVeto, Detector

Kind, State = ClueRemedy.Kind, ClueRemedy.State
CHIPS = {
    State.OPEN: "info", State.PROPOSED: "prov", State.IN_FORCE: "warn", State.ANSWERED: "warn",
    State.DONE: "ok", State.DECLINED: "", State.LIFTED: "stale",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """One measure on the page of its clue."""

    name: str
    chip: SafeString
    effect: str
    facts: list[parts.Fact]
    actions: list[parts.Action]


def of_clue(clue: Clue, member: Membership, now: datetime, given: Mapping[str, Any]) -> list[Shown]:
    """Every measure about a clue, oldest first; one query beside those of the chains."""
    rows = ClueRemedy.objects.named().filter(clue=clue)
    return [
        Shown(
            str(row.get_kind_display()), chip(CHIPS[row.state], row.get_state_display()), effect(row),
            facts(row, member), actions(row, member, now, given),
        )
        for row in rows
    ]  # fmt: skip


def effect(row: ClueRemedy) -> str:
    """What it does now, in one sentence."""
    n = row.clue.evidence
    if row.state in (State.OPEN, State.PROPOSED):
        return _("Nothing changes before the deciders have agreed.")
    if row.state == State.DECLINED:
        return _("The deciders did not agree; nothing changes.")
    if row.kind == Kind.EXCLUDE and row.state == State.IN_FORCE:
        return ngettext(
            "%(n)d record counts in no month computed from now on. Decided months stay as they are.",
            "%(n)d records count in no month computed from now on. Decided months stay as they are.", n,
        ) % {"n": n}  # fmt: skip
    if row.state == State.LIFTED or row.kind == Kind.RESTORE:
        return _("The records count again in every month that is computed from then on.")
    return ""


def facts(row: ClueRemedy, member: Membership | None) -> list[parts.Fact]:
    """Why, who proposed, decided, answered and closed it."""
    found = [parts.Fact(_("reason"), row.why)]
    if row.proposed_by is not None:
        found.append(parts.Fact(_("proposed by"), str(row.proposed_by.user)))
    if row.approval is not None and member is not None:
        url = way(member, "approval", row.approval_id)
        found.append(parts.Fact(_("approval"), str(row.approval.get_state_display()), url))
    if row.decided_by is not None:
        found.append(parts.Fact(_("decided by"), f"{row.decided_by.user} {web_words.moment(row.decided_at)}"))
    if row.due_at is not None:
        found.append(parts.Fact(_("due by"), web_words.until(row.due_at)))
    if row.answered_by is not None:
        found.append(parts.Fact(_("what was put right"), f"{row.answer} · {row.answered_by.user}"))
    if row.ended_by is not None:
        said = f"{row.outcome} · {row.ended_by.user} {web_words.moment(row.ended_at)}"
        found.append(parts.Fact(_("what came of it"), said))
    return found


def actions(
    row: ClueRemedy, member: Membership, now: datetime, given: Mapping[str, Any]
) -> list[parts.Action]:
    """What the member may do with it now."""

    def action(step: str, label: str, icon: str, kind: str, form: Any) -> parts.Action:
        url = reverse("clue-remedy-act", args=[row.clue_id, row.pk, step]) + f"?version={row.version}"
        return parts.Action(label, url, icon, kind, form=given.get(f"{row.pk}-{step}") or form)

    if row.kind == Kind.NOTICE and row.state == State.IN_FORCE and remedies.speaks(member, row):
        form = forms.ReasonForm(auto_id=f"reply{row.pk}-%s")
        return [action("reply", _("Say what was put right…"), "msg", "primary", form)]
    if not remedies.may_propose(member, row):
        return []
    found = []
    if row.state == State.OPEN:
        form = forms.ChainForm(chains=chains(remedies.KIND), auto_id=f"vote{row.pk}-%s")
        found.append(action("propose", _("Put to the vote…"), "up", "primary", form))
    if row.kind in ClueRemedy.TASKS and row.state in (State.IN_FORCE, State.ANSWERED):
        form = forms.ReasonForm(auto_id=f"finish{row.pk}-%s")
        found.append(action("finish", _("Close with what came of it…"), "check", "primary", form))
    if row.kind == Kind.EXCLUDE and row.state == State.IN_FORCE and not _restoring(row):
        form = forms.ReasonForm(auto_id=f"restore{row.pk}-%s")
        found.append(action("restore", _("Propose to count them again…"), "undo", "", form))
    return found


def _restoring(row: ClueRemedy) -> bool:
    return ClueRemedy.objects.filter(lifts=row, state__in=ClueRemedy.LIVE).exists()


def chains(kind: str) -> list[tuple[str, str]]:
    """Chains that may decide a kind, by code."""
    return approval_names.offered(kind)


def others(clue: Clue, member: Membership) -> list[parts.Fact]:
    """Deductions and vetoes that came of the clue, with where they open; two queries."""
    if clue.state != Clue.State.CONFIRMED or clue.measure not in (Clue.Measure.DEDUCT, Clue.Measure.VETO):
        return []
    rows = Consequence.objects.seen_by(member).filter(
        kind=Consequence.Kind.GAMING, figures__clue=clue.pk
    ).select_related("institution")  # fmt: skip
    found = [
        parts.Fact(
            _("deduction"), f"{row.institution.short_name} · {row.get_state_display()}",
            way(member, "consequence", row.pk),
        )
        for row in rows
    ]  # fmt: skip
    return found + [
        parts.Fact(_("One-vote veto"), str(row.get_state_display()), way(member, "approval", row.approval_id))
        for row in DeclaredVeto.objects.filter(clue=clue)
    ]


def veto_action(clue: Clue, member: Membership, given: Mapping[str, Any]) -> list[parts.Action]:
    """Propose the veto a clue was confirmed for; once."""
    asked = clue.state == Clue.State.CONFIRMED and clue.measure == Clue.Measure.VETO
    may = member.institution_id is None and member.can(vetoes.CHECK)
    if not asked or not may or DeclaredVeto.objects.filter(clue=clue).exclude(state="declined").exists():
        return []
    form = given.get("veto") or VetoForm(chains=chain_choices(), auto_id="veto-%s")
    url = reverse("clue-act", args=[clue.pk, "veto"]) + f"?version={clue.version}"
    return [parts.Action(_("Propose a one-vote veto…"), url, "flag", "danger", form=form)]


def title(arguments: Mapping[str, Any]) -> str:
    """What an approval is about, in the language of the reader."""
    named = [Kind(arguments["kind"]).label, Detector(arguments["detector"]).label, arguments["place"],
             web_words.month(arguments["month"])]  # fmt: skip
    return " · ".join(str(one) for one in named if one)


def summary(approval: Approval) -> registry.Summary:
    """What the deciders read; of opinions given back to back only that they are one."""
    row = ClueRemedy.objects.named().get(pk=approval.about_id)
    clue = row.clue
    found = [
        parts.Fact(_("what follows"), str(row.get_kind_display())),
        parts.Fact(_("pattern"), str(clue.get_detector_display())),
        parts.Fact(_("month"), web_words.month(clue.month)),
        parts.Fact(_("records"), web_words.num(clue.evidence)),
    ]
    if not clue.confidential:
        found.append(parts.Fact(_("institution"), words.places(clue)))
        found.append(parts.Fact(_("what was seen"), words.sentence(clue)))
        found.append(parts.Fact(_("reason"), row.why))
    if row.kind == Kind.EXCLUDE and clue.month in remedies.decided_months([clue]):
        month = web_words.month(clue.month)
        said = _("%(month)s is decided and stays. Later months that look back on it leave the records out.")
        found.append(parts.Fact(_("takes effect"), said % {"month": month}))
    elif row.kind == Kind.EXCLUDE:
        found.append(parts.Fact(_("takes effect"), _("in every month computed after the decision")))
    return registry.Summary("approvals/_subject.html", {"facts": found}, reverse("clue", args=[clue.pk]),
                            registry.within(Clue.objects.seen_by, clue.pk))  # fmt: skip
