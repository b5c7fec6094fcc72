"""Every address of the product and how the crawl asks for it.

A new address needs a line here: its URL name, and how its arguments are made from the things of a side (see
tests.access_scene). `None`: it takes no arguments. Without a line the build is red.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from alliance.lib.period import Month
from alliance.tenancy.scope import act_in
from tests.access_scene import KEY, OCTOBER, Things
from tests.care import access as care_access
from tests.complaints import access as complaints_access
from tests.duty import access as duty_access
from tests.offsite import access as offsite_access

Make = Callable[[Things], dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """How one address is asked for.

    `of`: the arguments that name the object, replaced by one that does not exist for the comparison; empty:
    the same for everybody. `shared`: every institution of the alliance may know the object. `queries`:
    conditions tried on the list. `aggregates`: means of the whole alliance stand on the page, which may move
    with another institution's rows; the rows themselves may not be there.
    """

    make: Make | None = None
    of: tuple[str, ...] = ()
    shared: bool = False
    queries: tuple[str, ...] = ()
    aggregates: bool = False

    def arguments(self, things: Things) -> dict[str, Any]:
        """The arguments of the address for the things of a side; makes what is not there yet."""
        if self.make is None:
            return {}
        with act_in(things.side.alliance), transaction.atomic():
            return self.make(things)


def one(thing: str, *, shared: bool = False, **more: Any) -> Case:
    """The address of one object by its id; `more` are arguments that stay."""
    return Case(lambda things: {"pk": getattr(things, thing).pk, **more}, of=("pk",), shared=shared)


def part(thing: str, name: str, rows: str) -> Case:
    """The address of the first row that belongs to an object."""

    def make(things: Things) -> dict[str, Any]:
        whole = getattr(things, thing)
        return {"pk": whole.pk, name: getattr(whole, rows).first().pk}

    return Case(make, of=("pk", name))


def surveyed(thing: str) -> Case:
    """The address of the side's institution in one of its surveys."""
    return Case(
        lambda things: {"pk": getattr(things, thing).pk, "code": things.side.place.code}, of=("pk", "code")
    )


def transfer(*, shared: bool = False) -> Case:
    """The address of what an institution owes its partner in a month."""

    def make(things: Things) -> dict[str, Any]:
        owed = things.payout_transfer
        return {
            "month": f"{owed.pool.month:%Y-%m}", "payer": owed.payer.code, "payee": owed.payee.code,
        }  # fmt: skip

    return Case(make, of=("payer", "payee"), shared=shared)


def month(*, of: tuple[str, ...] = (), **more: Any) -> Case:
    """An address of October; `code` names the side's institution."""

    def make(things: Things) -> dict[str, Any]:
        assert things.settled
        return {"month": str(OCTOBER), **({"code": things.side.place.code} if "code" in of else {}), **more}

    return Case(make, of=of, shared="code" not in of)


def lived(**more: Any) -> Case:
    """An address of a month that is published: everybody of the alliance may know it."""

    def make(things: Things) -> dict[str, Any]:
        return {"month": str(Month.of(things.month_life.month)), **more}

    return Case(make, shared=True)


def leveled() -> Case:
    """The page of the departments of October; each institution sees its own."""

    def make(things: Things) -> dict[str, Any]:
        assert things.level_subject
        return {"month": str(OCTOBER), "level": "department"}

    return Case(make, shared=True, queries=(f"?institution={THERE}", "?status=assessed", "?q=内科"))


def confirmed_month() -> Case:
    """An address of the month that is being confirmed: every institution may know that it is."""
    return Case(lambda things: {"month": str(things.confirmation)}, shared=True)


def due_place() -> Case:
    """What an institution owes of October."""
    return Case(
        lambda things: {"month": str(OCTOBER), "code": things.side.place.code if things.duty else ""},
        of=("code",),
    )


def settled_indicator(things: Things) -> dict[str, Any]:
    """An indicator of the dictionary that October has computed."""
    assert things.settled
    return {"code": "cmi"}


def two_versions() -> Case:
    """The difference between a version and the one it was copied from."""
    return Case(
        lambda things: {"old": things.version.base_id, "new": things.version.pk},
        of=("old", "new"),
        shared=True,
    )


LIST = Case()
THERE = "{foreign.side.place.pk}"  # an institution of the other alliance
# Addresses that ask for no membership: sign-in and what leads to it, health, the schema.
PUBLIC = {
    "root", "me", "sign-in", "second-factor", "enrol", "password", "sign-out", "language", "healthz",
    "api:schema", "open", "open-month",
    "say-bill-ask", "say-bill-guide", "say-bill",
    "say-complaint", "say-complaint-at", "say-complaint-follow", "say-complaint-act", "say-report",
    "say-report-follow",
    "say-offsite", "say-offsite-follow", "say-offsite-act",
    "say-survey-enter", "say-survey-thanks", "say-survey",
}  # fmt: skip

CASES: dict[str, Case] = {
    **complaints_access.cases(Case, one, LIST),
    **offsite_access.cases(Case, one, LIST),
    **care_access.cases(Case, one, part, LIST),
    **duty_access.cases(Case, one, LIST),
    "home": LIST,
    "inbox": Case(queries=("?state=late", "?room=referrals")),
    "messages": LIST,
    "message-choose": one("message_address"),
    "message-end": one("message_address"),
    "message-addresses": LIST,
    "message-confirm": one("message_address", shared=True),
    "outbox": Case(queries=("?view=waiting", "?view=sent")),
    "outbox-again": one("message", shared=True),
    # Ground
    "jobs": Case(queries=("?view=failed", "?view=live", "?sort=created_at")),
    "job": one("job"),
    "job-progress": one("job"),
    "job-rerun": one("job"),
    "parameters": Case(queries=("?q=primary", "?view=gb")),
    "parameter": Case(lambda things: {"key": KEY}, shared=True),
    "parameter-decide": Case(lambda things: {"key": KEY}, shared=True),
    "journal": Case(queries=("?user=qian", "?verb=case_file", "?about=grouping.casefile", "?result=denied")),
    "journal-verify": LIST,
    "file": one("file"),
    "api-keys": LIST,
    "api-key-revoke": one("token"),
    # Approvals
    "approvals": Case(queries=("?view=all", "?view=open", "?view=mine")),
    "chains": Case(shared=True),
    "chain": Case(lambda things: {"code": "two_people"}, shared=True),
    "approval": one("approval"),
    "approval-decide": one("approval"),
    "approval-withdraw": one("approval"),
    "approval-outside": one("approval"),
    "approval-check": Case(
        lambda things: {"pk": things.approval.pk, "paper": things.paper.pk}, of=("pk", "paper")
    ),
    "approval-minutes": Case(
        lambda things: {"pk": things.approval.pk, "paper": things.paper.pk}, of=("pk", "paper")
    ),
    # Ledger
    "ledger": Case(queries=("?month=2026-10", "?kind=settlement", "?q=记号")),
    "ledger-journal": Case(lambda things: {"pk": things.books.journal.pk}, of=("pk",), shared=True),
    "ledger-reverse": Case(lambda things: {"pk": things.books.journal.pk}, of=("pk",), shared=True),
    "ledger-account": Case(
        lambda things: {"pk": things.books.journal.entries.first().account_id}, of=("pk",), shared=True
    ),
    "ledger-trial": Case(queries=("?month=2026-10",)),
    "ledger-close": LIST,
    # Case files and cases
    "case-files": Case(queries=(f"?institution={THERE}", "?month=2026-11", "?state=published")),
    "case-file-upload": LIST,
    "declaration": LIST,
    "case-file": one("case_file"),
    "case-file-progress": one("case_file"),
    "case-file-bad": one("case_file"),
    "case-file-publish": one("case_file"),
    "case-file-discard": one("case_file"),
    "case-missing-answer": one("case_file"),
    "case-file-share": one("office_file"),
    "case-file-share-bad": one("office_file"),
    "cases": Case(
        queries=(f"?institution={THERE}", "?month=2026-11", "?q=330", "?institution=JZ01", "?sort=-charges")
    ),
    "case": one("case"),
    "case-unmask": one("case"),
    "api:case-explanation": one("case"),
    "interpreter": LIST,
    "bills": Case(queries=(f"?institution={THERE}", "?day=2026-10-08", "?day=x")),
    "bills-print": LIST,
    "bill-batch-revoke": one("bill_batch"),
    "bill-question": one("bill_question"),
    "bill-guides": LIST,
    "bill-guide-confirm": one("bill_guide", shared=True),
    "disputes": Case(queries=("?view=all", "?view=answered")),
    "dispute-new": Case(queries=("?case=1", "?scheme=1")),
    "dispute-thing": Case(queries=("?thing=performance.indicator:cmi",)),
    "dispute-paper": LIST,
    "disputes-settled": Case(queries=("?code=ES2",)),
    "disputes-export": LIST,
    "dispute-panel": one("dispute", step="ask"),
    "api:disputes": LIST,
    "dispute": one("dispute"),
    "dispute-evidence": one("dispute"),
    "dispute-act": one("dispute", step="study"),
    "work-queue": Case(
        queries=("?view=live", "?view=done", f"?institution={THERE}", "?cause=unknown_code", "?record=1")
    ),
    "work-item": one("work_item"),
    "coding-quality": Case(queries=("?month=2026-11", "?month=2026-11&by=department", "?by=coder")),
    "queue-act": Case(lambda things: {"step": "wait"}, shared=True),
    "schemes": LIST,
    "scheme-import": LIST,
    "scheme": one("scheme", shared=True),
    "scheme-version": one("version", shared=True),
    "scheme-version-progress": one("version", shared=True),
    "scheme-findings": one("version", shared=True, form="csv"),
    "scheme-export": one("version", shared=True, form="zip"),
    "scheme-discard": one("version", shared=True),
    "scheme-copy": one("version", shared=True),
    "scheme-carry": one("version", shared=True),
    "scheme-propose": one("version", shared=True),
    "scheme-dry-run": one("version", shared=True),
    "scheme-trial": one("trial", shared=True),
    "scheme-trial-progress": one("trial", shared=True),
    "scheme-trial-export": one("trial", shared=True),
    "scheme-trial-workbook": one("trial", shared=True),
    "scheme-trial-sheet": one("trial", shared=True),
    "scheme-trial-cases": one("trial", shared=True),
    "scheme-trial-discard": one("trial", shared=True),
    "scheme-weights": one("version", shared=True),
    "scheme-weigh": one("version", shared=True),
    "scheme-proposal": one("weight_proposal", shared=True),
    "scheme-proposal-progress": one("weight_proposal", shared=True),
    "dip-catalogues": LIST,
    "dip-import": LIST,
    "dip-catalogue": one("dip_catalogue", shared=True),
    "dip-propose": one("dip_catalogue", shared=True),
    "dip-discard": one("dip_catalogue", shared=True),
    "tariffs": LIST,
    "tariff-new": Case(lambda things: {"kind": "rate"}, shared=True),
    "tariff-sheet": one("tariff_sheet", shared=True),
    "tariff-edit": one("tariff_sheet", shared=True),
    "tariff-discard": one("tariff_sheet", shared=True),
    "tariff-propose": one("tariff_sheet", shared=True),
    "scheme-compare-pick": one("version", shared=True),
    "scheme-compare": two_versions(),
    "scheme-compare-export": two_versions(),
    # Stays with two documents
    "pairs": Case(
        queries=("?view=all", "?view=unmatched", f"?view=all&institution={THERE}", "?kind=group&record=11")
    ),
    "pair": one("pair"),
    "pair-decide": one("pair"),
    "pair-find": one("pair"),
    "pair-part": one("pair"),
    # Central group results
    "central": LIST,
    "central-deliver": LIST,
    "central-file": one("central_file"),
    "central-progress": one("central_file"),
    "central-compare": one("central_file"),
    "central-row": one("central_row"),
    # Data sources
    "sources": LIST,
    "source-new": LIST,
    "source": one("source"),
    "source-settings": one("source"),
    "source-retire": one("source"),
    "source-sample": one("source"),
    "source-mapping": Case(
        lambda things: {"pk": things.source.pk, "sample": things.sample.pk}, of=("pk", "sample")
    ),
    # Metrics
    "metrics": Case(
        queries=("?month=2026-11", f"?institution={THERE}", "?by=department&month=2026-11", "?by=group",
                 "?by=doctor&view=structure", "?view=safety&sort=-deaths", "?view=efficiency"),
        aggregates=True,
    ),
    "metric": Case(
        queries=("?metric=cmi&month=2026-11", "?metric=deaths", f"?metric=cei&institution={THERE}"),
    ),
    "api:metrics": Case(
        queries=("?month=2026-11", f"?institution={THERE}", "?by=department&month=2026-11&limit=5"),
        aggregates=True,
    ),
    "api:metric-cases": Case(
        queries=("?metric=submitted&month=2026-11", f"?metric=deaths&institution={THERE}"),
    ),
    "metrics-refresh": Case(queries=("?month=2026-11",)),
    "metric-groups": Case(
        queries=("?month=2026-11&view=top", f"?institution={THERE}"), aggregates=True
    ),
    "metric-review": Case(queries=("?month=2026-11", "?view=deaths", f"?institution={THERE}")),
    "metric-readmissions": Case(
        queries=("?month=2026-11", "?view=split", "?view=overlap", "?view=down&window=national")
    ),
    "metric-references": LIST,
    # Postings
    "postings-week": Case(queries=("?day=2026-11-02",)),
    "postings": Case(queries=("?state=proposed", f"?place={THERE}", "?q=记号")),
    "posting-propose": LIST,
    "posting-promises": LIST,
    "visits": Case(queries=("?page=2", "?view=report", "?view=all", "?view=all&state=planned")),
    "visit": one("visit"),
    "visit-act": one("visit", step="absent"),
    "posting": one("posting"),
    "posting-evaluate": one("dispatch"),
    "posting-act": one("posting", step="agree"),
    # Training
    # Sessions are everybody's; how many took part is counted over all institutions.
    "confirmations": LIST,
    "confirmation-months": LIST,
    "confirmation-open": LIST,
    "confirmation-differences": Case(queries=("?view=all", "?month=2026-11", "?reason=unlogged")),
    "confirmation-difference": one("disagreement", step="answer"),
    "confirmation-line": one("counted_line"),
    "confirmation-confirm": one("counted_line"),
    "confirmation-object": one("counted_line"),
    "confirmation-reopen": one("counted_line"),
    "confirmation-month": confirmed_month(),
    "confirmation-confirm-many": confirmed_month(),
    "confirmation-count": confirmed_month(),
    "confirmation-missing": confirmed_month(),
    "confirmation-export": confirmed_month(),
    "confirmation-statement": Case(
        lambda things: {
            "month": str(things.confirmation), "code": things.side.place.code,
            "partner": things.side.partner.code,
        },
        of=("code", "partner"),
    ),
    "training": Case(queries=("?state=planned", "?q=记号"), aggregates=True),
    "training-plan": LIST,
    "training-hours": LIST,
    "training-policy": Case(queries=("?year=2026&tier=clinical", "?year=x", "?page=2")),
    "training-sign-in": one("training", shared=True),
    "training-fund": Case(queries=("?page=2", "?year=2025")),
    "training-payment": one("payment", step="confirm"),
    "training-void": one("attendance"),
    "training-session": one("training", shared=True),
    "training-attend": one("training", shared=True),
    "training-sheet": one("training", shared=True),
    "training-act": one("training", shared=True, step="cancel"),
    # Joint work
    "joint": Case(queries=("?view=all", "?view=late", "?view=all&month=2026-11", f"?view=all&place={THERE}")),
    "joint-export": Case(queries=("?view=all&month=2026-11", f"?place={THERE}")),
    "joint-step": one("joint_step", step="finish"),
    "joint-persons": Case(queries=("?state=active",)),
    "joint-person": one("joint_person"),
    "joint-person-act": one("joint_person", step="withdraw"),
    "joint-rates": Case(queries=("?month=2026-11",)),
    "joint-projects": LIST,
    "joint-project-new": LIST,
    "joint-project": one("joint_project", shared=True),
    "joint-project-steps": one("joint_project", shared=True),
    "joint-project-end": one("joint_project", shared=True),
    "joint-enrol": one("joint_project", shared=True),
    "joint-sheet": one("joint_project", shared=True),
    "joint-cases": Case(
        queries=("?month=2026-11", "?state=entered", f"?institution={THERE}", "?state=confirmed")
    ),
    "joint-case-new": LIST,
    "joint-case": one("technique_case"),
    "joint-case-act": one("technique_case", step="confirm"),
    "joint-techniques": LIST,
    "joint-technique-new": LIST,
    "joint-technique": one("technique", shared=True),
    "joint-technique-act": one("technique", shared=True, step="end"),
    "joint-licence-end": one("licence", shared=True),
    "joint-subsidies": Case(queries=("?month=2026-11",)),
    "joint-subsidies-export": Case(queries=("?month=2026-11",)),
    # Conferences are everybody's; how many take part is counted over all institutions.
    "joint-conferences": Case(queries=("?state=planned", f"?host={THERE}"), aggregates=True),
    "joint-conference-new": LIST,
    "joint-quarter": Case(queries=("?quarter=2026-Q4", "?quarter=nonsense")),
    "joint-paper": one("conference_paper"),
    "joint-conference": one("conference", shared=True),
    "joint-conference-act": one("conference", shared=True, step="cancel"),
    "joint-conference-void": one("conference_line", kind="participant"),
    "joint-research": LIST,
    "joint-study-new": LIST,
    "joint-study": one("study"),
    "joint-study-end": one("study"),
    "joint-costs": Case(queries=("?month=2026-11",)),
    "joint-cost-records": Case(queries=(f"?month=2026-11&institution={THERE}&kind=records",)),
    "joint-costs-export": Case(queries=("?month=2026-11",)),
    # Referrals
    "referrals": Case(
        queries=("?view=all", "?view=sent", "?view=late", f"?view=all&institution={THERE}", "?q=记号")
    ),
    "referral-log": Case(queries=("?direction=down",)),
    "referral-check": LIST,
    "referral-board": Case(queries=("?month=2026-11",), aggregates=True),
    "referral-sheet": one("referral"),
    "referral-scan": Case(lambda things: {"number": things.referral.number}, of=("number",)),
    "referral-rates": Case(queries=("?month=2026-11",), aggregates=True),
    "referral-rate-records": Case(
        queries=(
            "?month=2026-11&variant=V1&part=numerator", "?variant=punctual&part=denominator",
            f"?variant=V3&part=numerator&place={THERE}", "?variant=effective&part=ineffective",
        ),
        aggregates=True,
    ),
    "referral-flow": Case(queries=("?month=2026-11",)),
    "referral-visits": Case(queries=("?month=2026-10",)),
    "referral-explain": LIST,
    "referral-captured": Case(queries=("?month=2026-10",)),
    "referral-transfers": Case(queries=("?month=2026-11",)),
    "referral-capture": Case(lambda things: {"case": things.case.pk}, of=("case",)),
    "referral-emergency": Case(queries=("?suspected=stroke",)),
    "referral-telephoned": one("referral"),
    "referral-form": one("referral"),
    "api:referral-divert": one("referral"),
    "referral-diagnoses": LIST,
    "referral-reception": LIST,
    "referral-reception-edit": Case(
        lambda things: {"pk": things.side.place.departments.order_by("pk").first().pk}, of=("pk",)
    ),
    "referral-add-file": one("referral"),
    "referral-filing": one("referral"),
    "referral-file": Case(
        lambda things: {"pk": things.referral_file.referral_id, "number": things.referral_file.pk}, of=("pk",)
    ),
    "referral": one("referral"),
    "referral-change": one("referral"),
    "referral-act": one("referral", step="cancel"),
    "api:referrals": Case(queries=("?limit=5", f"?target_institution={THERE}", "?offset=1")),
    "api:referral": one("referral"),
    "api:referral-accept": one("referral"),
    "api:referral-decline": one("referral"),
    "api:referral-arrive": one("referral"),
    "api:referral-no-show": one("referral"),
    "api:referral-complete": one("referral"),
    "api:referral-cancel": one("referral"),
    "api:referral-schedule": one("referral"),
    "api:referral-ask": one("referral"),
    "api:referral-resubmit": one("referral"),
    "api:referral-treat": one("referral"),
    "api:referral-follow-up": one("referral"),
    "api:referral-close": one("referral"),
    # Recognition
    "recognition": Case(
        queries=("?view=late", "?view=all", f"?view=all&institution={THERE}", "?view=all&q=记号")
    ),
    "recognition-order-new": LIST,
    "recognition-order": one("exam_order"),
    "recognition-act": one("exam_order", step="withdraw"),
    "recognition-figures": Case(queries=("?month=2026-11", "?month=2026-11&by=doctor")),
    "recognition-duplicates": Case(queries=("?month=2026-11", f"?month=2026-11&institution={THERE}")),
    "recognition-trace": Case(queries=("?month=2026-11", "?state=open", f"?institution={THERE}")),
    "recognition-trace-export": Case(queries=("?month=2026-11",)),
    "recognition-items": Case(queries=("?q=CT",)),
    "recognition-item-new": LIST,
    "recognition-items-import": LIST,
    "results": Case(queries=("?q=记号", "?modality=imaging")),
    "result-new": LIST,
    "results-import": LIST,
    "result": one("exam_result"),
    "api:recognition-orders": Case(queries=("?limit=5",)),
    "api:recognition-order": one("exam_order"),
    **{f"api:recognition-{step}": one("exam_order") for step in ("recognise", "repeat", "withdraw")},
    "api:recognition-results": Case(queries=("?limit=5",)),
    "api:recognition-items": LIST,
    # Consultations
    "consultations": Case(
        queries=("?view=all", "?view=asked", "?view=late", f"?view=all&place={THERE}", "?view=all&q=记号")
    ),
    "consultation-ask": Case(queries=("?kind=imaging",)),
    "consultation": one("consultation"),
    "consultation-change": one("consultation"),
    "consultation-assign": one("consultation"),
    "consultation-proof": one("consultation"),
    "consultation-add-file": one("consultation"),
    "consultation-file": Case(
        lambda things: {"pk": things.consultation.pk, "file": things.consultation_file.pk}, of=("pk", "file")
    ),
    "consultation-act": one("consultation", step="cancel"),
    "centres": Case(queries=("?month=2026-11",)),
    "consultation-figures": Case(queries=("?month=2026-11", "?month=2026-11&by=doctor")),
    "consultation-records": Case(
        queries=("?month=2026-11", f"?month=2026-11&by=institution&what=consultations_asked&place={THERE}")
    ),
    "consultation-fees": Case(queries=("?month=2026-11",)),
    "consultation-fees-charge": LIST,
    "consultation-episode": one("consultation"),
    "episode": one("episode"),
    "episode-act": one("episode", step="close"),
    "api:consultations": Case(queries=("?limit=5", "?offset=1")),
    "api:consultation": one("consultation"),
    **{
        f"api:consultation-{step}": one("consultation")
        for step in ("accept", "answer", "send-back", "decline", "close", "cancel")
    },
    # Shared equipment
    "equipment": Case(queries=("?kind=mri", f"?institution={THERE}"), aggregates=True),
    "device": one("device", shared=True),
    "equipment-book": one("device", shared=True),
    "equipment-wait": one("device", shared=True),
    "equipment-outage": one("device", shared=True),
    "equipment-use-new": one("device", shared=True),
    "equipment-wait-leave": one("waiting_place"),
    "equipment-outage-lift": one("outage"),
    "equipment-bookings": Case(
        queries=("?view=all", "?view=act", f"?view=all&institution={THERE}", "?view=all&day=2026-11-13",
                 "?q=记号")
    ),
    "equipment-booking": one("booking"),
    "equipment-booking-act": one("booking", step="miss"),
    "equipment-uses": Case(
        queries=("?view=all", "?view=all&month=2026-11", f"?view=all&institution={THERE}")
    ),
    "equipment-uses-confirm": LIST,
    "equipment-use": one("use"),
    "equipment-use-act": one("use", step="confirm"),
    "equipment-requests": LIST,
    "equipment-request-new": LIST,
    "equipment-request": one("purchase"),
    "equipment-figures": Case(queries=("?month=2026-11", "?month=2026-10"), aggregates=True),
    "equipment-device-figures": one("device", shared=True),
    "equipment-clearings": LIST,
    "equipment-clearing-make": LIST,
    "equipment-clearing": one("equipment_clearing", shared=True),
    "equipment-clearing-act": one("equipment_clearing", shared=True, step="discard"),
    "equipment-statement": Case(
        lambda things: {"pk": things.equipment_clearing.pk, "code": things.side.place.code}, of=("pk", "code")
    ),
    "api:equipment": LIST,
    "api:equipment-bookings": Case(queries=("?limit=5", "?offset=1")),
    "api:equipment-booking": one("booking"),
    # Postings, training, joint work and mutual confirmation for other systems
    "api:postings": Case(queries=("?state=proposed", "?limit=5")),
    "api:posting": one("posting"),
    "api:posting-days": Case(queries=("?state=planned", "?month=2026-11")),
    "api:posting-day": one("visit"),
    "api:posting-day-step": one("visit", step="absent"),
    "api:training-sessions": Case(queries=("?limit=5",)),
    "api:training-session": one("training", shared=True),
    "api:training-attendance": one("training", shared=True),
    "api:training-session-step": one("training", shared=True, step="cancel"),
    "api:training-hours": LIST,
    "api:joint-persons": Case(queries=("?limit=5",)),
    "api:joint-person": one("joint_person"),
    "api:joint-step-finish": one("joint_step"),
    "api:technique-cases": Case(queries=("?month=2026-11",)),
    "api:confirmation-months": LIST,
    "api:confirmation-lines": confirmed_month(),
    "api:confirmation-line": one("counted_line"),
    "api:confirmation-say": one("counted_line", word="confirm"),
    # Performance schemes
    "performance-schemes": LIST,
    "performance-scheme": one("performance_version", shared=True),
    "performance-scheme-difference": LIST,
    "performance-templates": LIST,
    "performance-template": Case(lambda things: {"code": "member_five"}, shared=True),
    "performance-template-begin": Case(lambda things: {"code": "member_five"}, shared=True),
    "performance-draft-begin": one("performance_version", shared=True),
    "performance-trial": one("performance_trial", shared=True),
    "performance-draft": one("performance_draft", shared=True),
    "performance-draft-weights": one("performance_draft", shared=True),
    "performance-draft-effect": one("performance_draft", shared=True),
    "performance-draft-add": one("performance_draft", shared=True),
    "performance-draft-bounds": one("performance_draft", shared=True),
    "performance-draft-judges": one("performance_draft", shared=True),
    "performance-draft-terms": one("performance_draft", shared=True),
    "performance-draft-item": one("performance_draft", shared=True, column="lead", indicator="cmi"),
    "performance-draft-take-out": one("performance_draft", shared=True, column="lead", indicator="cmi"),
    "performance-draft-try": one("performance_draft", shared=True),
    "performance-draft-trying": Case(
        lambda things: {"pk": things.performance_draft.pk, "job": things.performance_job.pk},
        of=("pk",),
        shared=True,
    ),
    "performance-draft-trials": one("performance_draft", shared=True),
    "performance-draft-propose": one("performance_draft", shared=True),
    "performance-draft-exception": one("performance_draft", shared=True),
    "performance-draft-exception-confirm": Case(
        lambda things: {
            "pk": things.scheme_exception.trial.draft_id, "exception": things.scheme_exception.pk,
        },
        of=("pk", "exception"), shared=True,
    ),
    "performance-draft-discard": one("performance_draft", shared=True),
    # Months
    "months": LIST,
    "month": month(),
    # Surveys
    "surveys": Case(queries=("?state=closed", "?kind=outpatient")),
    "survey-open": LIST,
    "surveys-mine": LIST,
    "survey-fill": one("survey_of_staff"),
    "questionnaires": LIST,
    "questionnaires-adopt": LIST,
    "questionnaire": one("questionnaire", shared=True),
    "questionnaire-release": one("questionnaire", shared=True),
    "questionnaire-next": one("questionnaire", shared=True),
    "survey": one("survey_counted"),
    "survey-close": one("survey"),
    "survey-cancel": one("survey"),
    "survey-export": one("survey_counted"),
    "api:survey-results": Case(queries=("?limit=5", "?month=2026-10", "?month=x")),
    "survey-place": surveyed("survey_counted"),
    "survey-place-sheet": surveyed("survey_counted"),
    "survey-links": surveyed("survey"),
    "survey-runs": surveyed("survey"),
    "survey-print": surveyed("survey"),
    "survey-void": Case(
        lambda things: {
            "pk": things.survey_run.campaign_id, "code": things.side.place.code,
            "number": things.survey_run.number,
        },
        of=("pk", "code"),
    ),
    "evaluations": LIST,
    "evaluation-open": Case(),
    "evaluation": one("evaluation", shared=True),
    "evaluation-sheet": one("evaluation", shared=True),
    "evaluation-close": one("evaluation", shared=True),
    "level": leveled(),
    "level-compute": leveled(),
    "level-progress": leveled(),
    "level-subject": one("level_subject"),
    "level-indicator": one("level_subject", indicator="readmission_30"),
    "level-records": one("level_subject", at=str(OCTOBER), key="posting_teaching_minutes"),
    "month-line": one("line"),
    "month-progress": month(),
    "month-compute": month(),
    "month-propose": month(),
    "month-export": month(),
    "month-inputs": month(),
    "month-pool": month(),
    "month-pool-confirm": Case(
        lambda things: {"month": str(OCTOBER), "pk": things.pool.pk}, of=("pk",), shared=True
    ),
    "month-basis": month(),
    "month-exception": month(),
    "month-exception-confirm": Case(
        lambda things: {"month": "2026-11", "pk": things.exception.pk}, of=("pk",), shared=True
    ),
    "month-indicator": month(indicator="cmi"),
    "month-institution": month(of=("code",)),
    "month-compare": month(),
    "month-standing": month(),
    "month-portrait": month(of=("code",)),
    "month-why": month(of=("code",)),
    "month-why-indicator": month(of=("code",), indicator="cmi"),
    "declared": Case(queries=("?view=all", f"?view=all&institution={THERE}", "?view=all&q=签约")),
    "declared-enter": Case(queries=("?indicator=contract_rate&month=2026-10&level=institution",)),
    "declared-due-now": LIST,
    "declared-due": Case(lambda things: {"month": str(OCTOBER)}, shared=True),
    "declared-due-place": due_place(),
    "declared-due-reminder": due_place(),
    "declared-due-confirm": due_place(),
    "declared-duties": LIST,
    "declared-duty-release": one("duty", shared=True),
    "declared-due-template": due_place(),
    "clues": Case(queries=("?view=all", f"?view=all&institution={THERE}", "?detector=rush&month=2026-10")),
    "clue-look": Case(lambda things: {"month": str(OCTOBER)}, shared=True),
    "clue-detectors": LIST,
    "clue-try": Case(lambda things: {"code": "pingpong"}, shared=True),
    "clue": one("clue"),
    "clue-explain": one("clue"),
    "clue-act": one("clue", step="dismiss"),
    "clue-file": Case(
        lambda things: {"pk": things.clue.pk, "file": things.clue_file.pk}, of=("pk", "file")
    ),
    "clue-exception-revoke": one("clue_exception"),
    "clue-remedy-act": Case(
        lambda things: {"pk": things.clue.pk, "remedy": things.clue_remedy.pk, "step": "propose"},
        of=("pk", "remedy"),
    ),
    "result-templates": LIST,
    "month-sheet": Case(
        lambda things: {"month": str(OCTOBER), "pk": things.layout.pk if things.settled else 0}, of=("pk",),
        shared=True,
    ),
    "own-indicators": LIST,
    "own-indicator-new": Case(queries=("?expression=discharges",)),
    "own-indicator-act": one("own_indicator", step="discard", shared=True),
    "declared-samples": LIST,
    "declared-sample-draw": Case(lambda things: {"month": str(OCTOBER)}, shared=True),
    "declared-sample": one("values_sample"),
    "declared-check": one("values_check"),
    "declared-notice": one("values_notice"),
    "declared-notice-act": one("values_notice", step="answer"),
    "declared-sheets": LIST,
    "declared-sheet-upload": LIST,
    "declared-sheet-read": one("values_file"),
    "declared-sheet": one("values_sheet"),
    "declared-sheet-left": one("values_sheet"),
    "declared-sheet-confirm": one("values_sheet"),
    "onsite": Case(queries=("?state=signed", f"?institution={THERE}")),
    "onsite-plan": LIST,
    "onsite-checklists": Case(aggregates=True),  # of the whole alliance
    "onsite-checklist-begin": LIST,
    "onsite-checklist": one("onsite_draft", shared=True),
    "onsite-checklist-terms": one("onsite_draft", shared=True),
    "onsite-checklist-act": one("onsite_draft", shared=True, step="retire"),
    "onsite-checklist-export": one("onsite_draft", shared=True),
    "onsite-checklist-import": one("onsite_draft", shared=True),
    "onsite-item-add": one("onsite_draft", shared=True),
    "onsite-item": one("onsite_draft", shared=True, code="A1"),
    "onsite-rectifications": Case(queries=("?view=all",)),
    "onsite-rectification": one("onsite_right"),
    "onsite-rectify": one("onsite_right", step="reply"),
    "onsite-proof": part("onsite_right", "proof", "proofs"),
    "onsite-visit": one("onsite_visit"),
    "onsite-act": one("onsite_visit", step="cancel"),
    "onsite-copy": one("onsite_visit"),
    "onsite-photo": part("onsite_visit", "photo", "onsitephotos"),
    "onsite-photo-withdraw": part("onsite_visit", "photo", "onsitephotos"),
    "onsite-veto": one("onsite_visit"),
    "onsite-signature": part("onsite_visit", "signature", "onsitesignatures"),
    "onsite-state": part("onsite_visit", "result", "results"),
    "onsite-decide": Case(
        lambda things: {"pk": things.onsite_visit.pk, "statement": things.onsite_statement.pk},
        of=("pk", "statement"),
    ),
    "onsite-field": one("onsite_open"),
    "onsite-worker": one("onsite_open"),
    "onsite-key": one("onsite_open"),
    "onsite-answer": one("onsite_open", item="A1"),
    "onsite-photo-add": one("onsite_open", item="A1"),
    "onsite-sign": one("onsite_open"),
    "onsite-finish": one("onsite_open"),
    "api:onsite": Case(queries=("?limit=5",)),
    "api:onsite-visit": one("onsite_visit"),
    "declared-value": one("declared"),
    "declared-change": one("declared"),
    "declared-act": one("declared", step="confirm"),
    "declared-proof": Case(
        lambda things: {"pk": things.declared.pk, "file": things.declared.files.get().pk}, of=("pk", "file")
    ),
    # Bodies, meetings and tasks
    "bodies": LIST,
    "body-found": LIST,
    "liaisons": LIST,
    "body": one("body"),
    "body-seat": one("body"),
    "body-seat-end": part("body", "seat", "seats"),
    "meeting-plan": one("body"),
    "meetings": Case(queries=("?state=held", "?kind=regular", "?month=2026-10", f"?body={THERE}")),
    "meeting": one("meeting"),
    "meeting-act": one("meeting", step="fill"),
    "meeting-held": one("meeting"),
    "meeting-sign-in": one("meeting"),
    "meeting-point-add": one("meeting"),
    "meeting-point": Case(
        lambda things: {"pk": things.meeting.pk, "point": things.meeting.agenda.get().pk, "step": "say"},
        of=("pk", "point"),
    ),
    "meeting-resolve": one("meeting"),
    "meeting-resolution": Case(
        lambda things: {
            "pk": things.meeting.pk, "resolution": things.meeting.resolutions.get().pk, "step": "put",
        },
        of=("pk", "resolution"),
    ),
    "meeting-vote": Case(
        lambda things: {"pk": things.meeting.pk, "resolution": things.meeting.resolutions.get().pk},
        of=("pk", "resolution"),
    ),
    "meeting-minutes": one("meeting"),
    "minutes": one("meeting", number=1),
    "minutes-print": one("meeting", number=1),
    "minutes-docx": one("meeting", number=1),
    "minutes-sign": one("meeting", number=1),
    "meeting-review": one("meeting"),
    "meeting-opinion": Case(
        lambda things: {"pk": things.meeting.pk, "drawn": things.drawn.pk}, of=("pk", "drawn")
    ),
    "unified": LIST,
    "task-give": Case(
        lambda things: {"kind": "complaints.complaint", "about": things.complaint.pk}, of=("about",)
    ),
    "tasks": Case(queries=("?state=answered", "?late=late", "?late=escalated")),
    "task": one("task"),
    "task-act": one("task", step="accept"),
    "task-file": Case(
        lambda things: {"pk": things.task.pk, "file": things.task.answers.get().files.get().file_id},
        of=("pk", "file"),
    ),
    # Improvement items
    "improvements": Case(queries=(f"?institution={THERE}", "?state=plan", "?source=portrait")),
    "improvement-open": LIST,
    "improvement-report": LIST,
    "improvement-report-docx": LIST,
    "improvement": one("improvement"),
    "improvement-act": one("improvement", step="begin"),
    # Agreements
    "agreements": Case(queries=(f"?institution={THERE}", "?state=in_force", "?kind=service")),
    "agreements-picture": LIST,
    "agreements-fill": LIST,
    "agreement-enter": LIST,
    "agreement": one("agreement"),
    "agreement-edit": one("agreement"),
    "agreement-scan": one("agreement"),
    "agreement-act": one("agreement", step="submit"),
    "clause": part("agreement", "clause", "clauses"),
    "clause-act": Case(
        lambda things: {
            "pk": things.agreement.pk, "clause": things.agreement.clauses.get().pk, "step": "check",
        },
        of=("pk", "clause"),
    ),
    "clause-check-file": Case(
        lambda things: {
            "pk": things.agreement.pk, "clause": things.agreement.clauses.get().pk,
            "check": things.agreement.clauses.get().checks.get().pk,
        },
        of=("pk", "clause", "check"),
    ),
    # Violation cases
    "violations": Case(queries=(f"?institution={THERE}", "?state=warned", "?kind=data")),
    "violation-open": LIST,
    "violation": one("violation"),
    "api:violations": Case(queries=("?state=heard", "?state=x", f"?institution={THERE}")),
    "api:violation": one("violation"),
    "api:agreements": Case(queries=("?kind=service", "?kind=x")),
    "api:agreement": one("agreement"),
    "api:verification": Case(queries=("?verdict=partly", "?verdict=x")),
    "api:verification-opinion": one("verification"),
    "violation-evidence-file": part("violation", "evidence", "evidence"),
    "violation-statement-file": one("violation"),
    "violation-paper": one("violation", which="notice"),
    "violation-paper-docx": one("violation", which="notice"),
    "violation-act": one("violation", step="find"),
    # Verification opinions
    "verifications": Case(queries=(f"?institution={THERE}",)),
    "verification-draw": LIST,
    "verification": one("verification"),
    "verification-file": one("verification"),
    "verification-item-file": part("verification", "item", "items"),
    "verification-act": one("verification", step="sign"),
    # Papers of a month and what the public reads
    "papers": Case(queries=("?kind=minutes", "?state=draft")),
    "paper-make": LIST,
    "paper": one("month_paper", shared=True),
    "paper-edit": one("month_paper", shared=True),
    "paper-print": one("month_paper", shared=True),
    "paper-docx": one("month_paper", shared=True),
    "paper-act": one("month_paper", shared=True, step="discard"),
    "disclosure": LIST,
    "disclosure-switch": LIST,
    "disclosure-enter": LIST,
    "disclosure-month": one("disclosed", shared=True),
    "disclosure-confirm": one("disclosed", shared=True, what="month"),
    # The life of a month
    "month-calendar-now": LIST,
    "month-calendar": month(),
    "month-calendar-change": month(step="pay"),
    "month-calendar-done": month(step="bulletin"),
    "month-remind": month(of=("code",)),
    "month-reminder": one("month_reminder"),
    "month-bundles": lived(),
    "month-life": lived(),
    "month-life-act": lived(step="publish"),
    "month-since": lived(),
    "publications": LIST,
    "month-publication": lived(),
    "month-publication-print": lived(),
    "month-exception-open": lived(),
    "month-exception-agree": one("lock_exception", shared=True),
    "month-correct": one("lock_exception", shared=True),
    "month-correction": one("month_correction"),
    "month-correction-act": one("month_correction", step="propose"),
    "statements": LIST,
    "statement-new": LIST,
    "statement": one("statement"),
    "statement-act": one("statement", step="charge"),
    "clawback": one("clawback"),
    "clawback-act": one("clawback", step="carry"),
    # Pay and its second distribution
    "pay": Case(queries=("?month=2026-10", "?kind=award", "?state=posted")),
    "pay-begin": LIST,
    "pay-mine": LIST,
    "pay-person": one("pay_staff"),
    "pay-person-print": Case(lambda things: {"pk": things.pay_line.staff_id}, of=("pk",)),
    "pay-why": one("pay_line"),
    "pay-sources": LIST,
    "pay-enter": Case(lambda things: {"what": "entry" if things.pay_fund else ""}, shared=True),
    "pay-confirm": one("pay_entry", shared=True, what="entry"),
    "pay-aside": one("pay_entry", shared=True, what="entry"),
    "pay-scan": one("pay_entry", shared=True),
    "pay-entitlements": Case(queries=("?month=2026-10", "?kind=clinic")),
    "pay-entitlement-enter": LIST,
    "pay-entitlement": one("pay_sheet"),
    "pay-entitlement-scan": one("pay_sheet"),
    "pay-entitlement-workbook": one("pay_sheet"),
    "pay-entitlement-print": one("pay_sheet"),
    "api:pay-entitlements": Case(queries=("?kind=clinic", "?state=waits", f"?institution={THERE}")),
    "api:pay-entitlement": one("pay_sheet"),
    "pay-entitlement-act": one("pay_sheet", step="pay"),
    "pay-uplifts": Case(queries=("?year=2026", f"?institution={THERE}")),
    "pay-uplift-enter": LIST,
    "pay-uplift": one("pay_uplift"),
    "pay-uplift-scan": one("pay_uplift"),
    "pay-uplift-workbook": one("pay_uplift"),
    "pay-uplift-print": one("pay_uplift"),
    "api:pay-uplifts": Case(queries=("?state=replaced", f"?institution={THERE}")),
    "api:pay-uplift": one("pay_uplift"),
    "pay-uplift-act": one("pay_uplift", step="confirm"),
    "pay-linked": LIST,
    "pay-linked-enter": LIST,
    "pay-linked-confirm": one("pay_linked", shared=True),
    "pay-linked-aside": one("pay_linked", shared=True),
    "pay-pots": Case(queries=("?month=2026-10", f"?institution={THERE}", "?state=shown")),
    "pay-pot": one("pay_pot"),
    "pay-plan": one("pay_pot"),
    "pay-pot-print": one("pay_pot"),
    "pay-answer": Case(
        lambda things: {"pk": things.pay_pot.pk, "reply": things.pay_reply.pk}, of=("pk", "reply")
    ),
    "pay-pot-act": one("pay_pot", step="take-back"),
    "pay-roster": month(),
    "pay-roster-act": one("roster_change", shared=True, step="decline"),
    "pay-pool": one("pay_pool"),
    "pay-pool-act": one("pay_pool", step="propose"),
    "api:pay-pools": Case(queries=("?month=2026-10", "?limit=5")),
    "api:pay-pool": one("pay_pool"),
    "api:pay-pots": Case(queries=("?month=2026-10", "?limit=5")),
    "api:pay-pot": one("pay_pot"),
    "api:pay-lines": Case(queries=("?month=2026-10",)),
    "api:payout-lots": Case(queries=("?month=2026-10", "?limit=5")),
    "api:payout-lot": one("payout_lot"),
    # Paying out
    "payout": Case(queries=("?month=2026-10", f"?institution={THERE}", "?state=exported")),
    "payout-month": month(),
    "payout-make": month(),
    "payout-payroll": month(),
    "payout-vouchers": month(kind="csv"),
    "payout-hold": Case(lambda things: {"pk": things.payout_line.pk}, of=("pk",), shared=True),
    "payout-release": one("payout_hold", shared=True),
    "payout-lot": one("payout_lot"),
    "payout-print": one("payout_lot"),
    "payout-preview": one("payout_lot"),
    "payout-act": one("payout_lot", step="answer"),
    "payout-answer-withdraw": Case(lambda things: {"pk": things.payout_row.result_id}, of=("pk",)),
    "payout-paper": one("payout_paper", shared=True),
    "payout-rows": Case(queries=("?kind=amount",)),
    "payout-row": one("payout_row"),
    "payout-mine": LIST,
    "payout-accounts": Case(queries=(f"?institution={THERE}", "?state=waiting")),
    "payout-account": Case(lambda things: {"staff": things.payout_account.staff_id}, of=("staff",)),
    "payout-sheet-new": LIST,
    "payout-sheet-empty": LIST,
    "payout-sheet": one("payout_sheet", shared=True),
    "payout-sheet-act": one("payout_sheet", shared=True, step="confirm"),
    "payout-account-act": one("payout_account", step="confirm"),
    "payout-ground": LIST,
    "payout-enter": Case(lambda things: {"what": "entity"}, shared=True),
    "payout-adopt": LIST,
    "payout-confirm": one("payout_template", shared=True, what="template"),
    "payout-between": Case(queries=("?month=2026-10",)),
    "payout-between-confirm": one("payout_settled", shared=True),
    "payout-statement": transfer(),
    "payout-settle": transfer(shared=True),
    # Objections and appeals
    "appeals": Case(queries=("?month=2026-10", "?kind=personal", "?state=filed", "?view=all")),
    "appeal-file": LIST,
    "appeal": one("appeal"),
    "appeal-act": one("appeal", step="withdraw"),
    "appeal-add": one("appeal"),
    "appeal-uphold": one("appeal"),
    "appeal-evidence": part("appeal", "file", "files"),
    # Commitment letters and consequences
    "letters": Case(queries=(f"?institution={THERE}", "?year=2026", "?state=paper")),
    "letter-year-now": LIST,
    "letter-year": Case(lambda things: {"year": 2026}),
    "letter-begin": LIST,
    "letter": one("letter"),
    "letter-edit": one("letter"),
    "letter-print": one("letter"),
    "letter-scan": one("letter"),
    "letter-records": one("letter", place=1, month=str(OCTOBER), key="posting_visits"),
    "letter-act": one("letter", step="check-paper"),
    "letter-templates": LIST,
    "letter-templates-take": LIST,
    "letter-template-next": one("letter_template", shared=True),
    "consequences": Case(queries=("?view=all", f"?institution={THERE}", "?kind=honour", "?period=2026-Q3")),
    "consequence-look": LIST,
    "consequence": one("consequence"),
    "consequence-act": one("consequence", step="propose"),
    "deduction-charge": one("consequence"),
    "deduction-act": one("pay_charge", step="propose"),
    "aloof": LIST,
    "aloof-export": LIST,
    "aloof-print": LIST,
    "aloof-one": Case(lambda things: {"code": things.side.place.code}, of=("code",)),
    "aloof-ask": Case(lambda things: {"code": things.side.place.code, "kind": "talk"}, of=("code",)),
    "years": LIST,
    "earlier-year-enter": LIST,
    "earlier-year": one("earlier_year", shared=True),
    "earlier-year-scan": one("earlier_year", shared=True),
    "earlier-year-act": one("earlier_year", shared=True, step="confirm"),
    "year-compute": LIST,
    "year": one("closed_year", shared=True),
    "year-propose": one("closed_year", shared=True),
    "interview-act": one("interview", step="hold"),
    "reweight-begin": one("reweight", shared=True),
    "api:letters": Case(queries=("?limit=5", "?offset=1")),
    "api:letter": one("letter"),
    "api:consequences": Case(queries=("?limit=5", "?offset=1")),
    "api:consequence": one("consequence"),
    "api:clues": Case(queries=("?month=2026-10", "?limit=5")),
    "api:clue": one("clue"),
    "api:declared": Case(queries=("?limit=5", "?offset=1")),
    "api:declared-value": one("declared"),
    "indicators": Case(queries=("?q=下转", "?area=fund&origin=imported", "?level=team", "?area=kitchen")),
    "indicator": Case(settled_indicator, shared=True),
    "indicators-export": LIST,
    "indicators-try": Case(
        queries=(
            "?expression=100*cost_fen/discharges&month=2026-10", "?expression=mean_stay&month=2026-10",
            "?expression=referrals_received&month=2026-10", "?expression=luck&month=2026-10",
        )
    ),
    "api:months": LIST,
    "api:month": month(),
    "api:month-export": month(),
    "month-records": month(of=("code",), at="2026-10", key="total_weight"),
}  # fmt: skip

# Data maintenance: a model's addresses come by themselves, its object is named here.
OBJECTS: dict[str, tuple[Callable[[Things], int], bool]] = {
    "institution": (lambda things: things.side.place.pk, False),
    "department": (lambda things: things.department.pk, False),
    "staff": (lambda things: things.staff.pk, False),
    "rosterrow": (lambda things: things.roster.pk, False),
    "team": (lambda things: things.team.pk, False),
    "teammember": (lambda things: things.team_member.pk, False),
    "person": (lambda things: things.referral.person_id, False),
    "membership": (lambda things: things.side.steward.pk, False),
    "workcalendarday": (lambda things: things.day.pk, True),
    "parameter": (lambda things: things.parameter.pk, True),
}


def object_case(pk: Callable[[Things], int], shared: bool) -> Case:
    """The addresses of one row."""
    return Case(lambda things: {"object_id": pk(things)}, of=("object_id",), shared=shared)


for model, (pk, shared) in OBJECTS.items():
    name = f"data:alliance_{model}"
    CASES |= {f"{name}_{word}": object_case(pk, shared) for word in ("change", "delete", "history")}
    CASES |= {f"{name}_changelist": Case(queries=("?q=记号", "?o=1", "?all=")), f"{name}_add": LIST}
    if model not in ("person", "membership", "parameter"):
        CASES |= {
            f"{name}_import": LIST, f"{name}_export": Case(queries=("?q=a",)),
            f"{name}_import_confirm": one("sheet"),
        }  # fmt: skip
EQUIPMENT: dict[str, Callable[[Things], int]] = {
    "device": lambda things: things.device.pk,
    "examitem": lambda things: things.exam_item.pk,
    "costitem": lambda things: things.running_cost.pk,
    "qualification": lambda things: things.qualification.pk,
    "usage": lambda things: things.use.pk,
    "cityrank": lambda things: things.city_rank.pk,
    "splitrule": lambda things: things.split_rule.pk,
}
for model, row_of in EQUIPMENT.items():
    name = f"data:equipment_{model}"
    known = model in ("splitrule", "cityrank")  # these hold for everybody
    CASES |= {f"{name}_{word}": object_case(row_of, known) for word in ("change", "delete", "history")}
    CASES |= {
        f"{name}_changelist": Case(queries=("?q=记号", "?o=1", "?all=")), f"{name}_add": LIST,
        f"{name}_import": LIST, f"{name}_export": Case(queries=("?q=a",)),
        f"{name}_import_confirm": one("sheet"),
    }  # fmt: skip
NAME = "data:performance_earliervalue"
CASES |= {
    f"{NAME}_{word}": object_case(lambda things: things.earlier.pk, False)
    for word in ("change", "delete", "history")
}
CASES |= {
    f"{NAME}_changelist": Case(queries=("?q=cmi", "?o=1", "?all=")), f"{NAME}_add": LIST,
    f"{NAME}_import": LIST, f"{NAME}_export": Case(queries=("?q=cmi",)),
    f"{NAME}_import_confirm": one("sheet"),
}  # fmt: skip
CASES |= {
    "data:index": LIST,
    "data:jsi18n": LIST,
    **{
        f"data:alliance_membership_{word}": Case(lambda things: {"pk": things.side.steward.pk}, of=("pk",))
        for word in ("password", "second-factor")
    },
    "data:app_list": Case(lambda things: {"app_label": "alliance"}, shared=True),
}
# Reports over stored cases
CASES |= {
    "payment-types": Case(queries=("?month=2026-11", "?month=2026-10")),
    "payment-type-cases": Case(
        queries=("?month=2026-11", f"?month=2026-11&institution={THERE}", "?month=2026-11&type=drg&rule=6")
    ),
    "payment-rules": LIST,
    "reform-effect": Case(queries=("?format=json",)),
    "items": LIST,
    "item-catalogue-import": LIST,
    "item-list-import": LIST,
    "item-list": one("item_list"),
    "item-decide": one("listed_item"),
    "data-dictionary": Case(queries=("?part=errors", "?q=A13")),
    "fund-reports": LIST,
    "fund-report-write": LIST,
    "fund-report": one("fund_report", shared=True),
    "fund-report-propose": one("fund_report", shared=True),
    "payment-month": Case(queries=("?month=2026-11", "?month=2026-10")),
    "payment-month-cases": Case(queries=("?month=2026-11", f"?month=2026-11&institution={THERE}")),
    "both-ways": Case(queries=("?month=2026-11",)),
    "both-ways-cases": Case(queries=("?month=2026-11", f"?month=2026-11&institution={THERE}")),
}
