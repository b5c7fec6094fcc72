"""What the page of one approval shows: steps, history, buttons of what this member may do now."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.approvals import bodies, errors, facts, forms, names, registry, tables
from alliance.approvals.models import Approval, Decision, OutsideDecision
from alliance.approvals.steps import Step
from alliance.models import Membership
from alliance.roles import roles
from alliance.services import journal
from alliance.web import parts, words

Verdict = Decision.Verdict


def page(approval: Approval, membership: Membership, bound: Any = None) -> dict[str, Any]:
    """Everything of the page; `bound` is a form that came back with errors."""
    summary = registry.of(approval.kind).summary(approval)
    unchecked = approval.outside.filter(step=approval.step, checked_at=None).first()
    involved = facts.may_decide(membership, approval) and facts.barred(membership, approval)
    said = barred_said(approval) if involved else paper_said(approval, membership, unchecked)
    said = said or own_said(approval, membership)
    return {
        "title": approval.title, "approval": approval, "kind_name": registry.name(approval.kind),
        "chip": tables.state_chip(approval), "standing": facts.state_text(approval),
        "summary": summary, "opens": summary.opens(membership), "subject": summary.context,
        "stages": stages(approval),
        "history": history(approval), "paper": paper_facts(unchecked) if unchecked else None,
        "facts_about": about(approval), "barred_said": said,
        "actions": actions(approval, membership, unchecked, bound, involved=involved),
    }  # fmt: skip


def about(approval: Approval) -> list[parts.Fact]:
    """Who proposed what, when, by which chain."""
    return [
        parts.Fact(_("kind"), registry.name(approval.kind)),
        parts.Fact(_("proposed by"), str(approval.proposed_by.user)),
        parts.Fact(_("proposed at"), words.moment(approval.proposed_at)),
        parts.Fact(_("chain"), f"{names.of_chain(approval.chain)} ({approval.chain.from_date})"),
        parts.Fact(_("digest of the content"), approval.digest[:16]),
    ]


def stages(approval: Approval) -> list[parts.Stage]:
    """The steps of the chain: passed, now, still to come."""
    ended = approval.state == Approval.State.APPROVED
    return [
        parts.Stage(names.of_step(step), _stage(number, approval.step, ended), rule_lines(step))
        for number, step in enumerate(approval.chain_steps, start=1)
    ]


def _stage(number: int, now: int, ended: bool) -> str:
    if ended or number < now:
        return "done"
    return "now" if number == now else "next"


def rule_lines(step: Step) -> list[str]:
    """Who decides a step and by which rule, in words."""
    deciders = _(" or ").join(roles()[code].name for code in step.roles)
    sentences = {
        "one": _("the first verdict decides: %(roles)s"),
        "any": _("one of: %(roles)s"),
        "all": _("everybody: %(roles)s"),
        "n_of_m": _("%(n)s of: %(roles)s"),
        "majority": _("more than half of: %(roles)s"),
    }
    deciders = _("members of: %(body)s") % {"body": bodies.name(step.body)} if step.body else deciders
    lines = [sentences[step.rule] % {"roles": deciders, "n": step.n}] if deciders else []
    if step.least > 1:
        lines.append(_("at least %(least)s persons vote") % {"least": step.least})
    return [*lines, _("by the body’s document")] if step.outside else lines


def history(approval: Approval) -> list[parts.Step]:
    """Proposal, verdicts, documents and the end, in their order of time."""
    called = [names.of_step(step) for step in approval.chain_steps]
    proposer = str(approval.proposed_by.user)
    lines = [parts.Step("yes", _("proposed"), at=approval.proposed_at, by=proposer)]
    for decision in approval.decisions.select_related("membership__user"):
        kind = {Verdict.YES: "yes", Verdict.NO: "no", Verdict.RECUSED: "wait"}[Verdict(decision.verdict)]
        title = f"{called[decision.step - 1]}: {decision.get_verdict_display()}"
        lines.append(parts.Step(kind, title, decision.note, decision.at, str(decision.membership.user)))
    for paper in approval.outside.select_related("entered_by__user", "checked_by__user"):
        lines += _paper_lines(paper, called[paper.step - 1])
    for step in journal.steps_of(approval):
        title = str(Approval.State(step.to_state).label)
        lines.append(parts.Step("hit", title, step.note, step.at, str(step.by.user) if step.by else ""))
    return sorted(lines, key=lambda line: (line.at is None, line.at))


def _paper_lines(paper: OutsideDecision, name: str) -> list[parts.Step]:
    entered = _("%(step)s: document entered, %(verdict)s") % {
        "step": name,
        "verdict": paper.get_verdict_display(),
    }
    url = reverse("approval-minutes", args=[paper.approval_id, paper.pk]) if paper.attachment_id else ""
    lines = [parts.Step("wait", entered, str(paper), paper.entered_at, str(paper.entered_by.user), url)]
    if paper.checked_by is not None:
        checked = _("%(step)s: document checked") if paper.correct else _("%(step)s: document turned back")
        kind, by = "yes" if paper.correct else "no", str(paper.checked_by.user)
        lines.append(parts.Step(kind, checked % {"step": name}, paper.check_note or "", paper.checked_at, by))
    return lines


def paper_facts(paper: OutsideDecision) -> list[parts.Fact]:
    """An entered decision as its checker compares it with the document."""
    url = reverse("approval-minutes", args=[paper.approval_id, paper.pk]) if paper.attachment_id else ""
    return [
        parts.Fact(_("deciding body"), paper.body),
        parts.Fact(_("verdict"), paper.get_verdict_display()),
        parts.Fact(_("date of the decision"), paper.decided_on.isoformat()),
        parts.Fact(_("document number"), paper.document),
        parts.Fact(_("entered by"), str(paper.entered_by.user)),
        parts.Fact(_("scanned minutes"), str(paper.attachment or _("none")), url),
    ]


def actions(
    approval: Approval,
    membership: Membership,
    unchecked: OutsideDecision | None,
    bound: Any,
    *,
    involved: bool = False,
) -> list[parts.Action]:
    """The buttons of what this member may do now; none on a decided approval. Who is involved recuses."""
    if approval.state != Approval.State.OPEN:
        return []
    found: list[parts.Action] = []
    if facts.may_decide(membership, approval):
        found += _verdicts(approval, bound, involved=involved)
    if facts.may_enter_paper(membership, approval):
        found += _paper_actions(approval, membership, unchecked, bound, primary=not found)
    if membership.user_id == approval.proposed_by.user_id:
        found.append(
            parts.Action(
                _("Withdraw"),
                reverse("approval-withdraw", args=[approval.pk]),
                "undo",
                form=forms.WithdrawForm(),
            )
        )
    return found


def barred_said(approval: Approval) -> str:
    """Why the member gives no verdict, and who can."""
    return f"{registry.why_barred(approval)} {_who(approval)}"


def own_said(approval: Approval, membership: Membership) -> str:
    """Why who proposed it finds no button to agree, and who can; empty where that is not so."""
    mine = membership.user_id == approval.proposed_by.user_id and approval.state == Approval.State.OPEN
    if not mine or approval.current.outside or not approval.current.one_person_decides:
        return ""
    return f"{_('You proposed this: somebody else agrees or refuses.')} {_who(approval)}"


def _who(approval: Approval) -> str:
    """Who decides the step where it stands."""
    free = [str(one.user) for one in facts.free_deciders(approval)]
    if not free:
        return _("Nobody uninvolved is left for this step; give somebody the role, or withdraw it.")
    return _("Who can decide: %(names)s.") % {"names": "、".join(dict.fromkeys(free))}


def paper_said(approval: Approval, membership: Membership, unchecked: OutsideDecision | None) -> str:
    """Why who otherwise handles documents neither enters nor checks this one; empty where that is not so."""
    if approval.state != Approval.State.OPEN or not approval.current.outside:
        return ""
    if not facts.may_handle_papers(membership, approval):
        return ""
    if not facts.may_enter_paper(membership, approval):
        return _(errors.PaperInvolved.reasons["PaperInvolved"])
    if unchecked is None or facts.may_check_paper(membership, approval, unchecked):
        return ""
    return _("The document waits for a person who neither proposed this nor entered it.")


def _verdicts(approval: Approval, bound: Any, *, involved: bool) -> list[parts.Action]:
    buttons = {
        Verdict.YES: (_("Agree"), "check", "primary"),
        Verdict.NO: (_("Refuse"), "x", "danger"),
        Verdict.RECUSED: (_("Recuse myself"), "ban", ""),
    }
    url = reverse("approval-decide", args=[approval.pk])
    return [
        parts.Action(label, url, icon, kind, form=_decide_form(approval, verdict, bound), id=f"act-{verdict}")
        for verdict, (label, icon, kind) in buttons.items()
        if not involved or verdict == Verdict.RECUSED
    ]


def _decide_form(approval: Approval, verdict: Verdict, bound: Any) -> forms.DecideForm:
    if isinstance(bound, forms.DecideForm) and bound.data.get("verdict") == verdict:
        return bound
    return forms.DecideForm(
        initial={"verdict": verdict.value, "step": approval.step}, auto_id=f"{verdict.value}_%s"
    )


def _paper_actions(
    approval: Approval,
    membership: Membership,
    unchecked: OutsideDecision | None,
    bound: Any,
    *,
    primary: bool,
) -> list[parts.Action]:
    if not approval.current.outside:
        return []
    if unchecked is None:
        url = reverse("approval-outside", args=[approval.pk])
        return [
            parts.Action(
                _("Enter the body’s decision"), url, "upload", "primary" if primary else "", get=True
            )
        ]
    if not facts.may_check_paper(membership, approval, unchecked):
        return []
    url = reverse("approval-check", args=[approval.pk, unchecked.pk])
    agrees = forms.CheckForm(initial={"correct": "yes"}, auto_id="agrees_%s")
    differs = forms.CheckForm(initial={"correct": "no"}, auto_id="differs_%s")
    if isinstance(bound, forms.CheckForm):
        differs = bound
    return [
        parts.Action(_("Agrees with the document"), url, "check", "primary" if primary else "", form=agrees),
        parts.Action(_("Turn it back"), url, "undo", form=differs),
    ]
