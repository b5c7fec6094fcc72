"""Where a month stands on its road, what stands in its way, and what the member may do now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from alliance.approvals.models import Approval
from alliance.confirmation import facts as confirmations
from alliance.lib.period import Month
from alliance.models import Institution, Membership
from alliance.web import words
from alliance.web.parts import Action, Fact, Stage
from alliance.web.refused import worded_again
from grouping import facts as case_books
from performance.declared.services import samples
from performance.models import MonthLife, MonthRun, PoolDecision
from performance.pay import show_between
from performance.services import exporting
from performance.services.completeness import Delivery
from performance.show import labels, since
from performance.show.frame import link

State = MonthRun.State
SHOWN = 5  # differences named in a note; the others are counted


def said() -> dict[str, str]:
    """Steps of a run in words."""
    return {
        "compute": _("Computed"), "propose": _("Proposed"), "approve": _("Approved"),
        "post": _("Posted to the books"), "give_back": _("Given back"), "block": _("Blocked"),
    }  # fmt: skip


def stages(run: MonthRun | None, arrived: Sequence[Delivery], life: MonthLife | None = None) -> list[Stage]:
    """Collected, computed, checked, approved, posted, published, paid, closed; the first not done is now."""
    ready = sum(one.complete or one.excepted for one in arrived)
    state = run.state if run else ""
    done = [
        ready == len(arrived), run is not None,
        state in (State.PROPOSED, State.APPROVED, State.POSTED),
        state in (State.APPROVED, State.POSTED), state == State.POSTED,
    ]  # fmt: skip
    names = [_("Collect"), _("Compute"), _("Review"), _("Approve"), _("Post")]
    after = [pgettext("month", "Publish"), pgettext("month", "Pay"), pgettext("month", "Close")]
    computed = words.moment(run.settlement.computed_at) if run and run.settlement else ""
    collected = (
        _("%(ready)d of %(all)d institutions") if run is None else _("now %(ready)d of %(all)d institutions")
    )
    details = [
        collected % {"ready": ready, "all": len(arrived)}, computed, "", "",
        words.moment(run.journal.posted_at) if run and run.journal else "",
    ]  # fmt: skip
    when = [life.published_at, life.paid_at, life.closed_at] if life else [None] * len(after)
    names, done = [*names, *after], [*done, *(one is not None for one in when)]
    details += [words.moment(one) if one else "" for one in when]
    if run is not None:  # what was computed had been collected
        done[0] = True
    now = done.index(False) if False in done else len(done)
    return [
        Stage(name, "done" if finished else "now" if place == now else "next", [text] if text else [])
        for place, (name, finished, text) in enumerate(zip(names, done, details, strict=True))
    ]


def notes(
    run: MonthRun | None,
    last: MonthRun | None,
    arrived: Sequence[Delivery],
    pool: PoolDecision | None,
    membership: Membership,
    month: Month,
    places: Sequence[Institution],
) -> list[dict[str, Any]]:
    """What stands in the way, and what a decider waits for. `places`: `since.places_now`."""
    found = [*vetoed(month), *_since(run, membership, month, pool, places)]
    if run is not None and run.state == State.POSTED:
        found += show_between.note(month, membership, timezone.now())
    if (
        run is not None
        and not membership.alliance.illustrative_scheme
        and case_books.grouped_illustratively(month)
    ):
        # While an illustrative scheme is in force every page says so; later only such months do.
        text = _("This month was grouped by an illustrative scheme: its weights are not for payment.")
        found.append({"kind": "prov", "text": text})
    if last is not None and last.is_lost:
        text = _("Run %(n)d was given up before it had a result. Compute again.") % {"n": last.number}
        found.append({"kind": "late", "text": text, "items": _job(membership, last)})
    if last is not None and last.state == State.FAILED and last.refusal:
        text = worded_again(last.refusal)
        found.append({"kind": "late", "text": text, "items": _inputs(membership, month)})
    if run is not None and run.state == State.BLOCKED:
        found.append({"kind": "warn", "text": _("The scheme blocks this month; nothing is shared.")})
    if run is None or run.state in (State.COMPUTED, State.BLOCKED):
        found += _before_computing(arrived, pool, membership, month)
        found += _unconfirmed(membership, month)
    return found


def vetoed(month: Month) -> list[dict[str, Any]]:
    """Whom a body has vetoed for proved falsification (S3-36)."""
    names = "、".join(one.institution.short_name for one in samples.vetoes(month).values())
    text = _("One-vote veto for proved falsification in force this month: %(names)s.") % {"names": names}
    return [{"kind": "late", "text": text}] if names else []


def _since(
    run: MonthRun | None, membership: Membership, month: Month, pool: PoolDecision | None,
    places: Sequence[Institution],
) -> list[dict[str, Any]]:  # fmt: skip
    """What became different after the month was computed: shown, never taken in silently (practice.md 4)."""
    if run is None or run.settlement is None:
        return []
    leaves_out = bool(getattr(run, "leaves_out", True))
    found = since.changes(run.settlement, membership, leaves_out=leaves_out, places=places)
    fund = since.fund(run.settlement, pool)
    if not found and fund is None:
        return []
    count = len(found) + (fund is not None)
    counted = ngettext(
        "%(n)d number this month was computed from is another one today.",
        "%(n)d numbers this month was computed from are others today.",
        count,
    ) % {"n": count}
    after = (
        _("Compute again to take them in.")
        if run.state in (State.COMPUTED, State.BLOCKED)
        else _("The approved result stays; what follows from them belongs in a later, open month.")
    )
    items = [] if fund is None else [Fact(f"{_('pool (yuan)')} {fund.shown}")]
    items += [Fact(f"{one.institution} · {labels.fact(one.key)} {one.shown}") for one in found[:SHOWN]]
    if len(found) > SHOWN:
        more = reverse("month-since", args=[str(month)])
        items.append(Fact(_("and %(n)d more") % {"n": len(found) - SHOWN}, url=more))
    return [{"kind": "warn", "text": f"{counted} {after}", "items": items}]


def _job(membership: Membership, run: MonthRun) -> list[Fact]:
    if run.job is None or not membership.can("job.view"):
        return []
    return [Fact(_("Job"), url=reverse("job", args=[run.job.pk]))]


def _before_computing(
    arrived: Sequence[Delivery], pool: PoolDecision | None, membership: Membership, month: Month
) -> list[dict[str, Any]]:
    """What is still missing, as one note with its list."""
    items = []
    if pool is None:
        items.append(_("The pool is not decided."))
    elif pool.confirmed_at is None:
        items.append(_("The pool waits for its second person."))
    lacking = [one.institution.short_name for one in arrived if not (one.complete or one.excepted)]
    if lacking:
        items.append(_("Cases are missing: %(names)s.") % {"names": "、".join(lacking)})
    if not items:
        return []
    url = _inputs(membership, month)
    facts = [Fact(text, url=url[0].url if url else "") for text in items]
    return [{"kind": "warn", "text": _("Before the month can be approved:"), "items": facts}]


def _unconfirmed(membership: Membership, month: Month) -> list[dict[str, Any]]:
    """What both sides have not confirmed alike (practice.md 4, D5); it is said and stops nothing."""
    if membership.institution_id is not None:
        return []
    found = confirmations.open_lines(month)
    if found is None or not found.not_agreed:
        return []
    text = _("Mutual confirmation: %(n)d of %(all)d lines are not agreed.") % {
        "n": found.not_agreed, "all": found.lines,
    }  # fmt: skip
    differing = _("%(n)d differences are not settled") % {"n": found.differences}
    counted = _("counted %(at)s, answers until the end of %(day)s") % {
        "at": words.moment(found.at), "day": found.due_on,
    }  # fmt: skip
    url = ""
    if membership.can("confirmation.view"):
        url = f"{reverse('confirmation-month', args=[str(month)])}?view=open"
    return [{"kind": "info", "text": text, "items": [Fact(differing, url=url), Fact(counted)]}]


def _inputs(membership: Membership, month: Month) -> list[Fact]:
    if membership.institution_id is not None:
        return []
    return [Fact(_("What the month rests on"), url=reverse("month-inputs", args=[str(month)]))]


def actions(
    membership: Membership, month: Month, run: MonthRun | None, last: MonthRun | None
) -> list[Action]:
    """The buttons of this member now; the next step of the month is the primary one."""
    if membership.institution_id is not None:
        return []
    found: list[Action] = []
    where = [str(month)]
    if membership.can("month.view"):
        found.append(Action(_("Calendar"), reverse("month-calendar", args=where), "cal", get=True))
    if run is not None and run.state == State.POSTED:
        found.append(Action(_("After the approval"), reverse("month-life", args=where), "arrow", get=True))
    if run is not None and membership.can(exporting.RIGHT):
        found.append(Action(_("Evidence bundle"), reverse("month-export", args=where), "download", get=True))
    found.append(
        Action(_("What the month rests on"), reverse("month-inputs", args=where), "database", get=True)
    )
    if membership.can("month.compute") and (last is None or last.is_lost or last.state not in MonthRun.LIVE):
        kind = "" if run else "primary"
        label = _("Compute again") if run else _("Compute")
        found.append(Action(label, reverse("month-compute", args=where), "refresh", kind))
    if run is not None and run.state == State.COMPUTED and membership.can("month.propose"):
        found.append(
            Action(_("Propose for approval"), reverse("month-propose", args=where), "check", "primary")
        )
    return [*found, *_approval(membership, run)]


def _approval(membership: Membership, run: MonthRun | None) -> list[Action]:
    if run is None or run.approval is None or not membership.can("approval.view"):
        return []
    url = link("approval", run.approval.pk)
    if not url:
        return []
    kind = "primary" if _waits(membership, run.approval) else ""
    return [Action(_("Approval"), url, "scale", kind, get=True)]


def _waits(membership: Membership, approval: Approval) -> bool:
    """True when the approval is open and somebody else proposed it."""
    is_open = approval.state == Approval.State.OPEN
    return is_open and membership.can("month.approve") and approval.proposed_by.user_id != membership.user_id
