"""What the pages of tolerance cases show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.models import Membership
from alliance.web import parts, words
from alliance.web.access import way
from performance.models import ClawbackShare
from performance.tolerance import forms, show_reliefs, tables
from performance.tolerance.models import COVERED, Outcome, ToleranceCase

State = ToleranceCase.State


def line_words(line: Any) -> str:
    """A deduction or a consequence in a line."""
    if isinstance(line, ClawbackShare):
        whom = (
            line.staff.name if line.staff else line.department.name if line.department else line.institution
        )
        return pgettext("tolerance", "claw-back of %(document)s · %(whom)s · %(yuan)s yuan") % {
            "document": line.clawback.statement.document, "whom": whom, "yuan": words.yuan(line.fen),
        }  # fmt: skip
    return pgettext("tolerance", "consequence · %(what)s · %(period)s") % {
        "what": line.get_kind_display(), "period": line.period,
    }  # fmt: skip


def page(case: ToleranceCase, membership: Membership, given: Mapping[str, Any]) -> dict[str, Any]:
    """One case: facts, evidence, statement, opinions, decision, what it exempts."""
    sides = case.sides_of(membership)
    reviewers = list(case.reviewers.select_related("member__user", "member__institution"))
    mine = next((one for one in reviewers if one.member_id == membership.pk), None)
    # Opinions are given back to back: a reviewer reads the others' once the own is given.
    exemptions = list(case.exemptions.select_related(
        "case", "share__clawback__statement", "share__staff", "share__department", "share__institution",
        "consequence", "marked_by__user",
    ))  # fmt: skip
    reads = bool(sides) or mine is None or mine.given_at is not None
    return {
        "title": case.number, "case": case, "chip": tables.state_chip(case),
        "facts_case": facts(case, membership),
        "evidence": [
            (one, reverse("tolerance-file", args=[case.pk, one.pk]))
            for one in case.evidence.select_related("attachment", "added_by__user")
        ],
        "reviewers": reviewers, "reads": reads,
        "exemptions": [
            (line_words(one.exemption.share or one.exemption.consequence), one)
            for one in show_reliefs.marked(exemptions, membership, given)
        ],
        "actions": actions(case, membership, sides, mine, given), "history": parts.history(case),
    }  # fmt: skip


def facts(case: ToleranceCase, membership: Membership) -> list[parts.Fact]:
    """Who, when, which pathway, which case."""
    found = [
        parts.Fact(pgettext("tolerance", "kind"), str(case.get_kind_display())),
        parts.Fact(_("institution"), case.institution.name),
        parts.Fact(_("department"), case.department.name if case.department else words.DASH),
        parts.Fact(pgettext("tolerance", "person"), str(case.person.user)),
        parts.Fact(pgettext("tolerance", "happened on"), words.day(case.happened_on)),
        parts.Fact(pgettext("tolerance", "pathway followed"), case.pathway),
        parts.Fact(
            pgettext("tolerance", "opened by"), f"{case.opened_by.user} {words.moment(case.opened_at)}"
        ),
    ]
    if case.case is not None:
        sees = membership.sees(case.case.institution_id)
        url = way(membership, "case", case.case_id) if sees else ""
        found.append(parts.Fact(_("record number"), case.case.record_no, url))
    if case.referral_id is not None:
        found.append(
            parts.Fact(_("referral"), str(case.referral), way(membership, "referral", case.referral_id))
        )
    if case.proposed_outcome:
        word = pgettext("tolerance", "decision") if case.outcome else pgettext("tolerance", "proposed")
        found.append(parts.Fact(word, outcome_words(case)))
        found.append(parts.Fact(pgettext("tolerance", "grounds"), case.grounds))
    if case.outcome:
        number = f"{case.number} · {words.moment(case.decided_at)}"
        url = way(membership, "approval", case.approval_id)
        found.append(parts.Fact(pgettext("tolerance", "decision no."), number, url))
    elif membership.institution_id is None and case.approval is not None:
        url = way(membership, "approval", case.approval_id)
        found.append(parts.Fact(_("approval"), str(case.approval.get_state_display()), url))
    return found


def outcome_words(case: ToleranceCase) -> str:
    """The decision, or what is proposed, with how much it covers where it covers a part."""
    said = str(Outcome(case.outcome or case.proposed_outcome).label)
    return said if case.percent is None else f"{said} {words.plain(case.percent)}%"


def actions(
    case: ToleranceCase, membership: Membership, sides: frozenset[str], mine: Any, given: Mapping[str, Any]
) -> list[parts.Action]:
    """What the member can do now."""
    found: list[parts.Action] = []

    def add(step: str, label: str, icon: str, form: Any = None, kind: str = "") -> None:
        url = f"{reverse('tolerance-act', args=[case.pk, step])}?version={case.version}"
        found.append(parts.Action(label, url, icon, kind, form=given.get(step) or form))

    early = case.state in (State.OPEN, State.REVIEW)
    if "person" in sides and case.state == State.OPEN and not case.statement:
        add(
            "state", pgettext("tolerance", "State"), "msg", forms.StatementForm(auto_id="state-%s"), "primary"
        )
    if sides and early:
        add("prove", pgettext("tolerance", "Add evidence"), "plus", forms.EvidenceForm(auto_id="prove-%s"))
    if mine is not None and mine.given_at is None and mine.recused_at is None and case.state == State.REVIEW:
        add("opine", pgettext("tolerance", "Give your opinion"), "msg", forms.OpinionForm(auto_id="opine-%s"))
        add("stand-back", pgettext("tolerance", "Stand back"), "undo")
    if "runner" in sides and early:
        add(
            "name",
            pgettext("tolerance", "Name a reviewer"),
            "users",
            forms.NameForm(case=case, auto_id="name-%s"),
        )
    for step in case.steps_for(membership):
        form = forms.ProposeForm(auto_id="propose-%s") if step.name == "propose" else None
        add(step.name, str(step.custom["label"]), step.custom["icon"], form)
    if "runner" in sides and case.state == State.DECIDED and case.outcome in COVERED:
        form = forms.ExemptForm(case=case, words=line_words, auto_id="exempt-%s")
        if form.rows:
            add("exempt", pgettext("tolerance", "Mark a line as exempted"), "check", form)
    return found


def summary(approval: Approval) -> registry.Summary:
    """What the deciders read."""
    case = ToleranceCase.objects.named().get(pk=approval.about_id)
    given = case.reviewers.filter(given_at__isnull=False).select_related("member__user")
    found = [
        parts.Fact(_("institution"), case.institution.short_name),
        parts.Fact(pgettext("tolerance", "what happened"), case.what),
        parts.Fact(pgettext("tolerance", "pathway followed"), case.pathway),
        parts.Fact(pgettext("tolerance", "statement"), case.statement),
        *(
            parts.Fact(
                pgettext("tolerance", "opinion"),
                f"{one.get_opinion_display()} · {one.text} ({one.member.user})",
            )
            for one in given
        ),
        parts.Fact(pgettext("tolerance", "proposed"), outcome_words(case)),
        parts.Fact(pgettext("tolerance", "grounds"), case.grounds),
    ]
    url = reverse("tolerance-case", args=[case.pk])
    seen = registry.within(ToleranceCase.objects.seen_by, case.pk)
    return registry.Summary("approvals/_subject.html", {"facts": found}, url, seen)


def title(arguments: Mapping[str, Any]) -> str:
    """What the approval is about."""
    return pgettext("tolerance", "%(number)s, %(place)s: %(outcome)s") % {
        "number": arguments["number"], "place": arguments["place"],
        "outcome": Outcome(arguments["outcome"]).label,
    }  # fmt: skip
