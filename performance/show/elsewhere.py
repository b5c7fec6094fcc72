"""What other rooms show of months: the subject of an approval, the way from a ledger entry, things to do."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.ledger import evidence
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.services import inbox
from alliance.services.inbox import Figure, Todo
from alliance.web import journal_words, words
from alliance.web.parts import Fact
from performance.drafting.show import change_rows, effect, judge_rows, places
from performance.engine.scheme import Scheme
from performance.levels.trying import LevelTrial
from performance.models import (
    Level,
    Line,
    MonthException,
    MonthRun,
    PoolDecision,
    SchemeDraft,
    SchemeException,
    SchemeTrial,
)
from performance.services import approving, drafts, schemes, trials
from performance.show import labels, since
from performance.show.inputs import share_fact

State = MonthRun.State
MOST_CHANGES = 12  # differences named in a proposal; the draft shows all


def register() -> None:
    """Make months known to approvals, ledger and home page; called in the app's `ready()`."""
    name = gettext_lazy("Performance month")
    registry.register(
        drafts.KIND, name=gettext_lazy("Performance scheme"), digest=drafts.digest_of, summary=of_draft
    )
    registry.register(approving.KIND, name=name, digest=approving.digest_of, summary=summary)
    evidence.register(
        approving.LINE, lambda pk: reverse("month-line", args=[pk]), gettext_lazy("share of a month")
    )
    evidence.name_journals(approving.KIND, name)
    inbox.register("performance", waiting)
    journal_words.register("fact", labels.fact)
    inbox.register_figures("performance", figures)


def summary(approval: Approval) -> registry.Summary:
    """What a decider reads before agreeing: month, pool, who gets most, digests."""
    run = MonthRun.objects.select_related("settlement__scheme", "settlement__pool").get(pk=approval.about_id)
    settlement = run.settlement
    assert settlement is not None, "only a month with a result is proposed"
    lines = Line.objects.filter(settlement=settlement).select_related("institution").order_by("-fen")
    fund = since.fund(settlement)
    facts = [
        Fact(_("month"), words.month(run.month)),
        Fact(_("pool (yuan)"), words.yuan(settlement.pool_fen)),
        share_fact(run.period, settlement.pool_fen),
        *([] if fund is None else [Fact(_("pool confirmed since, not taken in"), fund.shown)]),
        Fact(_("source"), settlement.pool.source),
        Fact(_("scheme"), f"{settlement.scheme.name} {settlement.scheme.version}"),
        Fact(_("digest of the result"), f"{settlement.result_digest[:8]}…{settlement.result_digest[-8:]}"),
        *(Fact(line.institution.short_name, words.yuan(line.fen)) for line in lines),
    ]
    return registry.Summary("approvals/_subject.html", {"facts": facts}, month_url(run.month))


def of_draft(approval: Approval) -> registry.Summary:
    """What a decider reads of a draft: what it replaces and when, how much differs, whether it was tried."""
    draft = SchemeDraft.objects.select_related("base").get(pk=approval.about_id)
    replaced = schemes.in_force(Month.of(draft.from_date), draft.level)
    rows = [*change_rows(replaced.scheme(), draft.scheme()), *judge_rows(replaced, draft)] if replaced else []
    tried = draft.trials.filter(digest=draft.digest).first()
    shown = [
        Fact(f"{row.where} {row.about} {row.what}".strip(), f"{row.before} → {row.after}")
        for row in rows[:MOST_CHANGES]
    ]
    facts = [
        Fact(_("scheme"), str(draft)),
        Fact(_("in force from"), words.month(draft.from_date)),
        Fact(_("copied from"), str(draft.base or words.DASH)),
        Fact(_("replaces"), str(replaced or _("nothing: the first of its level"))),
        Fact(_("number of differences"), words.num(len(rows)) if replaced else words.DASH),
        *shown,
        Fact(_("tried on months"), words.num(len(tried.months)) if tried else words.DASH),
        *(_effects(tried) if tried else []),
    ]
    url = reverse("performance-draft", args=[draft.pk])
    return registry.Summary("approvals/_subject.html", {"facts": facts}, url)


def _effects(tried: SchemeTrial) -> list[Fact]:
    """What the draft would have done to each month it was tried on, the newest first."""
    if tried.draft.level != Level.INSTITUTION:
        return [
            Fact(words.month(one.month), level_sentence(one, tried.draft.scheme()))
            for one in reversed(trials.level_trials(tried))
        ]
    named = places()
    return [
        Fact(words.month(one.month), effect(one, named).sentence)
        for one in reversed(trials.simulations(tried))
    ]


def level_sentence(found: LevelTrial, scheme: Scheme) -> str:
    """A month of a scheme that shares no money in one line: mean score of each column and of how many."""
    names = {one.code: labels.named(one) for one in scheme.columns}
    return "; ".join(
        _("%(name)s: mean %(mean)s of %(n)s")
        % {"name": names.get(row.column, row.column), "mean": words.assessed(row.mean, 2), "n": row.scored}
        for row in found.columns
    )


def month_url(day: object) -> str:
    """The address of the month that begins on a day."""
    return reverse("month", args=[str(Month.of(day))])  # type: ignore[arg-type]


def waiting(membership: Membership, now: datetime) -> list[Todo]:
    """Months to propose, pools and exceptions that wait for their second person; three queries."""
    if membership.institution_id is not None:
        return []
    found: list[Todo] = []
    if membership.can("month.propose"):
        computed = MonthRun.objects.filter(state=State.COMPUTED).order_by("month")
        found += [
            Todo(
                "info", _("%(month)s is computed") % {"month": words.month(run.month)},
                _("Check scores and shares, then propose it for approval."), month_url(run.month),
            )
            for run in computed
        ]  # fmt: skip
    if membership.can("performance_scheme.edit"):
        found += _scheme_exceptions(membership)
    return [*found, *_second_person(membership)] if membership.can("month.approve") else found


def _scheme_exceptions(membership: Membership) -> list[Todo]:
    rows = SchemeException.objects.filter(confirmed_at=None, trial__draft__state=SchemeDraft.State.EDITED)
    return [
        Todo(
            "info", _("An exception for %(name)s waits for a second person") % {"name": row.trial.draft},
            row.reason, reverse("performance-draft", args=[row.trial.draft_id]), button=_("Confirm"),
        )
        for row in rows.exclude(signed_by__user=membership.user_id).select_related("trial__draft")
    ]  # fmt: skip


def _second_person(membership: Membership) -> list[Todo]:
    later = PoolDecision.objects.filter(month=OuterRef("month"), revision__gt=OuterRef("revision"))
    pools = PoolDecision.objects.filter(~Exists(later), confirmed_at=None)
    pools = pools.exclude(entered_by__user=membership.user_id)
    signed = MonthException.objects.filter(confirmed_at=None).exclude(signed_by__user=membership.user_id)
    todos = [
        Todo(
            "info", _("The pool of %(month)s waits for a second person") % {"month": words.month(pool.month)},
            f"{words.yuan(pool.fen)} {_('yuan')}", _inputs(pool.month), button=_("Confirm"),
        )
        for pool in pools.order_by("month")
    ]  # fmt: skip
    todos += [
        Todo(
            "info", _("An exception for %(name)s waits for a second person")
            % {"name": row.institution.short_name},
            row.reason, _inputs(row.month), button=_("Confirm"),
        )
        for row in signed.select_related("institution").order_by("month", "pk")
    ]  # fmt: skip
    return todos


def _inputs(day: object) -> str:
    return reverse("month-inputs", args=[str(Month.of(day))])  # type: ignore[arg-type]


def figures(membership: Membership, now: datetime) -> list[Figure]:
    """The last month with a result: its pool for the whole alliance, the own share for an institution."""
    if not membership.can("month.view"):
        return []
    runs = MonthRun.objects.filter(state__in=MonthRun.WITH_RESULT).select_related("settlement")
    run = runs.order_by("-month").first()
    if run is None or run.settlement is None:
        return []
    label = words.month(run.month)
    if membership.institution_id is None:
        return [_figure(_("Pool of %(month)s") % {"month": label}, run.settlement.pool_fen, run)]
    line = Line.objects.filter(settlement=run.settlement, institution=membership.institution_id).first()
    return [_figure(_("Our share of %(month)s") % {"month": label}, line.fen, run)] if line else []


def _figure(label: str, fen: int | None, run: MonthRun) -> Figure:
    return Figure(label, words.yuan(fen), _("yuan"), str(run.get_state_display()), month_url(run.month))
