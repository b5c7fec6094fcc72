"""What the pages of the cross-check show: samples, one sample, notices, and what deciders of a veto read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals import chains as approval_chains
from alliance.approvals import names as approval_names
from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.lib import sampling
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web import parts
from alliance.web import words as web_words
from alliance.web.access import way
from alliance.web.cells import chip
from performance.declared import forms, words
from performance.declared.services import samples
from performance.declared.services.vetoes import of_a_body
from performance.models import (
    Clue,
    DeclaredCheck,
    DeclaredNotice,
    DeclaredSample,
    DeclaredVeto,
    OnsiteVisit,
)
from performance.show import labels

NOTICE = {"issued": "late", "answered": "info", "closed": "ok"}
TAKES_EFFECT = gettext_lazy("the quarter and the year of the month have failed, whatever the score")
VETO = {"proposed": "prov", "in_force": "late", "declined": ""}


def samples_seen(membership: Membership) -> Any:
    """Samples with a value of the member's institution, or all, the newest first."""
    here = membership.institution_id
    rows = DeclaredSample.objects.select_related("drawn_by__user")
    return rows if here is None else rows.filter(checks__value__institution=here).distinct()


def checks_of(sample: DeclaredSample, membership: Membership) -> Any:
    """The checks of a sample that the member sees; one query."""
    rows = DeclaredCheck.objects.filter(sample=sample).select_related(
        "value__institution", "value__department", "value__staff", "value__entered_by",
        "value__submitted_by", "found_by__user",
    )  # fmt: skip
    here = membership.institution_id
    return rows if here is None else rows.filter(value__institution=here)


def notices_seen(membership: Membership) -> Any:
    """Notices to the member's institution, or all."""
    here = membership.institution_id
    rows = DeclaredNotice.objects.select_related("institution", "sample", "answered_by__user")
    return rows if here is None else rows.filter(institution=here)


def page(sample: DeclaredSample, membership: Membership, given: Any = None) -> dict[str, Any]:
    """One sample: how it was drawn, each value with what was found, the institutions, the notices."""
    checks = list(checks_of(sample, membership))
    done = [one for one in checks if one.found_at]
    wrong = [one for one in done if one.found != one.value.value]
    return {
        "title": _("Cross-check of %(month)s, sample %(n)d")
        % {"month": web_words.month(sample.month), "n": sample.number},
        "sample": sample, "facts_sample": how(sample),
        "figs": [
            parts.Fig(_("drawn"), web_words.num(len(checks)), _("of %(n)d") % {"n": sample.population}),
            parts.Fig(_("values checked"), web_words.num(len(done))),
            parts.Fig(_("values wrong"), web_words.num(len(wrong)), bad=bool(wrong)),
        ],
        "checks": [line(one, membership, given) for one in checks],
        "places": places(sample, membership),
        "notices": [(one, state(one)) for one in notices_seen(membership).filter(sample=sample)],
    }  # fmt: skip


def how(sample: DeclaredSample) -> list[parts.Fact]:
    """Everything a third party needs to draw the same sample."""
    return [
        parts.Fact(_("rule"), sample.rule),
        parts.Fact(_("key of a value"), "institution|fact|period|revision|level|…"),
        parts.Fact(_("seed"), sample.seed),
        parts.Fact(_("share in percent"), web_words.num(sample.share, 2)),
        parts.Fact(_("at least"), str(sample.least)),
        parts.Fact(_("values that could be drawn"), web_words.num(sample.population)),
        parts.Fact(_("digest of the list"), sample.population_digest),
        parts.Fact(_("drawn by"), f"{sample.drawn_by.user} {web_words.moment(sample.drawn_at)}"),
    ]


def line(one: DeclaredCheck, membership: Membership, given: Any = None) -> dict[str, Any]:
    """One value of the sample, and the form of who checks it."""
    row = one.value
    first = {who.user_id for who in (row.entered_by, row.submitted_by) if who is not None}
    checks = membership.institution_id is None and membership.can(samples.CHECK)
    form = None
    if one.found_at is None and checks and membership.user_id not in first:
        form = forms.FoundForm(fact=row.fact, auto_id=f"found-{one.pk}-%s")
        if given is not None and given.auto_id == form.auto_id:
            form = given
    right = one.found == row.value
    return {
        "check": one, "name": labels.named(labels.facts()[row.fact]), "place": words.place(row),
        "span": words.span(row.span), "value": words.number(row), "unit": words.unit(row.fact),
        "found": words.amount(row.fact, one.found) if one.found is not None else web_words.DASH,
        "state": chip("info", _("not checked yet")) if one.found_at is None
        else chip("ok", _("agrees")) if right else chip("late", _("differs")),
        "action": [parts.Action(_("Found…"), reverse("declared-check", args=[one.pk]), "search", form=form)]
        if form else [],
    }  # fmt: skip


def places(sample: DeclaredSample, membership: Membership) -> list[dict[str, Any]]:
    """Error rates by institution."""
    found = samples.tally(sample)
    named = {one.pk: one for one in Institution.objects.filter(pk__in=[pk for pk in found if pk])}
    return [
        {
            "name": named[pk].short_name if pk in named else _("alliance"),
            "drawn": drawn, "checked": checked,
            "wrong": wrong, "rate": rate(wrong, checked),
        }
        for pk, (drawn, checked, wrong) in sorted(found.items(), key=lambda item: -item[1][2])
        if membership.institution_id in (None, pk)
    ]  # fmt: skip


def rate(wrong: int, checked: int) -> str:
    """An error rate with one decimal; a dash where nothing was checked."""
    found = sampling.error_rate(wrong, checked)
    return web_words.DASH if found is None else f"{web_words.num(found, 1)}%"


def state(notice: DeclaredNotice) -> Any:
    """The state of a notice as a chip."""
    return chip(NOTICE[notice.state], notice.get_state_display())


def notice_page(
    notice: DeclaredNotice, membership: Membership, now: datetime, **given: Any
) -> dict[str, Any]:
    """One notice: what was found wrong, until when, the answer, the veto."""
    wrong = [
        line(one, membership)
        for one in checks_of(notice.sample, membership).filter(value__institution=notice.institution)
        if one.found_at and one.found != one.value.value
    ]
    vetoes = DeclaredVeto.objects.filter(notice=notice).select_related("proposed_by__user", "approval")
    return {
        "title": _("Data-quality notice to %(name)s") % {"name": notice.institution.short_name},
        "notice": notice, "chip": state(notice), "wrong": wrong, "rate": rate(notice.wrong, notice.checked),
        "late": notice.state == "issued" and notice.due_at < now,
        "vetoes": [(chip(VETO[one.state], one.get_state_display()), veto_facts(one, membership))
                   for one in vetoes],
        "actions": actions(notice, membership, given), "history": parts.history(notice),
    }  # fmt: skip


def veto_facts(veto: DeclaredVeto, membership: Membership) -> list[parts.Fact]:
    """Of which month, for what, by whom, where it is decided, and what it does once it is in force."""
    return [
        parts.Fact(_("month"), web_words.month(Month.of(veto.month))),
        parts.Fact(_("what was falsified and how it is proved"), veto.reason),
        parts.Fact(_("proposed by"), f"{veto.proposed_by.user} {web_words.moment(veto.proposed_at)}"),
        parts.Fact(_("approval"), str(veto.approval.get_state_display()) if veto.approval else "",
                   way(membership, "approval", veto.approval_id) if veto.approval_id else ""),
        parts.Fact(_("takes effect"), str(TAKES_EFFECT)),
    ]  # fmt: skip


def actions(notice: DeclaredNotice, membership: Membership, given: Any) -> list[parts.Action]:
    """Answer it, close it, propose a veto."""
    url, found = reverse("declared-notice-act", args=[notice.pk, "answer"]), []
    version = f"?version={notice.version}"
    own = membership.institution_id == notice.institution_id and membership.can("declared.enter")
    office = membership.institution_id is None and membership.can(samples.CHECK)
    if own and notice.state == "issued":
        form = given.get("answer") or forms.AnswerForm(auto_id="answer-%s")
        found.append(parts.Action(_("Answer the notice"), url + version, "msg", "primary", form=form))
    if office and notice.state == "answered":
        url = reverse("declared-notice-act", args=[notice.pk, "close"])
        found.append(parts.Action(_("Close the notice"), url + version, "check", "primary"))
    if office and not DeclaredVeto.objects.filter(notice=notice).exclude(state="declined").exists():
        url = reverse("declared-notice-act", args=[notice.pk, "veto"])
        form = given.get("veto") or forms.VetoForm(chains=chain_choices(), auto_id="veto-%s")
        found.append(parts.Action(_("Propose a one-vote veto…"), url, "flag", "danger", form=form))
    return found


def chain_choices() -> list[tuple[str, str]]:
    """Chains that may decide a veto, by code: those with a step of a body."""
    rows = approval_chains.meant_for(samples.KIND).order_by("code", "-from_date")
    return list({row.code: approval_names.of_chain(row) for row in rows if of_a_body(row)}.items())


def summary(approval: Approval) -> registry.Summary:
    """What the deciders of a veto read."""
    rows = DeclaredVeto.objects.select_related("institution", "notice", "visit__institution", "clue")
    veto = rows.get(pk=approval.about_id)
    proof, url, seen = _proof(veto)
    facts = [
        parts.Fact(_("institution"), veto.institution.name),
        parts.Fact(_("month"), web_words.month(Month.of(veto.month))),
        proof,
        parts.Fact(_("what was falsified and how it is proved"), veto.reason),
        parts.Fact(_("takes effect"), str(TAKES_EFFECT)),
    ]
    return registry.Summary("approvals/_subject.html", {"facts": facts}, url, seen)


def _proof(veto: DeclaredVeto) -> tuple[parts.Fact, str, registry.Seen]:
    """What a veto rests on, where it opens, and for whom."""
    if veto.notice is not None:
        fact = parts.Fact(_("values wrong"), f"{veto.notice.wrong} / {veto.notice.checked}")
        seen = registry.within(notices_seen, veto.notice.pk)
        return fact, reverse("declared-notice", args=[veto.notice.pk]), seen
    if veto.visit is not None:
        said = f"{veto.visit.institution.short_name} · {web_words.day(veto.visit.planned_on)}"
        seen = registry.within(OnsiteVisit.objects.seen_by, veto.visit.pk)
        return parts.Fact(_("on-site visit"), said), reverse("onsite-visit", args=[veto.visit.pk]), seen
    assert veto.clue is not None, "kept by declared_veto_proof"
    seen = registry.within(Clue.objects.seen_by, veto.clue.pk)
    return parts.Fact(_("clue"), str(veto.clue)), reverse("clue", args=[veto.clue.pk]), seen
