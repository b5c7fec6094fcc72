"""Drafts of a scheme: copied, edited, given up, put to the vote, published by the vote (S2-45, S2-47)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from alliance.approvals import chains, registry
from alliance.approvals import services as approvals
from alliance.approvals.models import Approval
from alliance.lib.canonical import to_plain
from alliance.lib.period import Month
from alliance.models import Membership
from alliance.models.base import Stale
from alliance.services import journal
from performance.engine.scheme import Problem, Scheme, check
from performance.engine.templates import Template
from performance.models import Level, MonthRun, SchemeDraft, SchemeVersion
from performance.services import judging, limits, schemes, thin
from performance.services.refusals import DraftRefused
from performance.services.rights import require

KIND = "performance.scheme"
EDIT = judging.EDIT
State = SchemeDraft.State


@transaction.atomic
def copy(*, by: Membership, base: SchemeVersion, label: str, from_date: date, now: datetime) -> SchemeDraft:
    """Begin a draft from a published version; the same sent twice begins one.

    Raises PermissionDenied, DraftRefused (label, drafted).
    """
    require(by, EDIT)
    scheme = _undecided(replace(base.scheme(), version=label, effective_from=from_date))
    _require_label(scheme.code, label)
    if begun := _begun(by, scheme):
        return begun
    draft: SchemeDraft = SchemeDraft.objects.create(
        base=base, level=base.level, evaluators=base.evaluators, name=base.name, label=label,
        from_date=from_date, content=to_plain(scheme),
        digest=scheme.digest, made_by=by, made_at=now, changed_by=by, changed_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="performance_draft.begun", about=draft, base=base.pk)
    return draft


@transaction.atomic
def begin(*, by: Membership, template: Template, label: str, from_date: date, now: datetime) -> SchemeDraft:
    """Begin a draft from a ready template; the same sent twice begins one.

    Raises PermissionDenied, DraftRefused (label, drafted).
    """
    require(by, EDIT)
    scheme = _undecided(replace(template.scheme, version=label, effective_from=from_date))
    _require_label(scheme.code, label)
    if begun := _begun(by, scheme):
        return begun
    draft: SchemeDraft = SchemeDraft.objects.create(
        level=template.level, evaluators=to_plain(template.evaluators), name=scheme.name_zh, label=label,
        from_date=from_date, content=to_plain(scheme), digest=scheme.digest, made_by=by, made_at=now,
        changed_by=by, changed_at=now,
    )  # fmt: skip
    journal.write(by=by, verb="performance_draft.begun", about=draft, template=template.code)
    return draft


@transaction.atomic
def change(
    *,
    by: Membership,
    draft: SchemeDraft,
    scheme: Scheme,
    now: datetime,
    version: int | None,
    name: str = "",
    from_date: date | None = None,
) -> SchemeDraft:
    """Keep another content; a faulty one is kept, too. The same content again changes nothing.

    Raises PermissionDenied, Stale (another tab or person was faster, or it is no longer edited),
    DraftRefused (label).
    """
    require(by, EDIT)
    if draft.state != State.EDITED or version not in (None, draft.version):
        raise Stale(draft)
    begins = from_date or draft.from_date
    kept = _undecided(replace(scheme, effective_from=begins, name_zh=name or scheme.name_zh))
    whole = judging.whole_digest(kept, draft.evaluators, judging.first_of(draft))
    if whole == draft.digest:
        return draft
    _require_label(kept.code, kept.version)
    changed: SchemeDraft = SchemeDraft.objects.claim(
        draft.pk,
        expect={"state": State.EDITED, "version": draft.version},
        change={
            "content": to_plain(kept), "digest": whole, "name": kept.name_zh, "label": kept.version,
            "from_date": begins, "version": F("version") + 1, "changed_by": by, "changed_at": now,
        },
    )  # fmt: skip
    journal.write(by=by, verb="performance_draft.changed", about=changed, digest=changed.digest)
    return changed


@transaction.atomic
def discard(*, by: Membership, draft: SchemeDraft, version: int | None = None) -> SchemeDraft:
    """Nobody wants it any more. Raises PermissionDenied, Stale."""
    require(by, EDIT)
    return _step(draft, "discard", State.DISCARDED, by, version)


def problems_of(draft: SchemeDraft) -> tuple[Problem, ...]:
    """All faults of the draft as it stands."""
    return (*check(draft.scheme(), schemes.known_indicators(draft.level)), *limits.new_misses(draft))


@transaction.atomic
def propose(
    *, by: Membership, draft: SchemeDraft, chain: str, today: date, version: int | None = None
) -> Approval:
    """Put the draft to the vote of a chain.

    Raises PermissionDenied, Stale, DraftRefused (faults, untried, thin, past, alike, label), and what
    `approvals.propose` raises.
    """
    require(by, EDIT)
    scheme = draft.scheme()
    _require_label(scheme.code, scheme.version)
    if found := problems_of(draft):
        raise DraftRefused("faults", count=len(found))
    same = draft.base is not None and _substance(draft.base.scheme()) == _substance(scheme)
    if same and judging.other_judges(draft) is None:
        raise DraftRefused("alike")
    tried = draft.trials.filter(digest=draft.digest).select_related("draft").first()
    if tried is None:
        raise DraftRefused("untried")
    thin.require_covered(tried)
    _require_open(draft)
    decided = chains.in_force(chain, on=today, kind=KIND)
    approval = approvals.propose(by=by, kind=KIND, about=draft, chain=decided, digest=draft.digest)
    _step(draft, "propose", State.PROPOSED, by, version, approval=approval)
    return approval


def _substance(scheme: Scheme) -> Scheme:
    """What scores people, without label, name and day."""
    return replace(
        scheme, version="", name_zh="", name_en="", effective_from=date.min, decided_by="", source=""
    )


def _undecided(scheme: Scheme) -> Scheme:
    return replace(scheme, decided_by="")


def _require_label(code: str, label: str) -> None:
    if SchemeVersion.objects.filter(code=code, version=label).exists():
        raise DraftRefused("label", label=label)


def _begun(by: Membership, scheme: Scheme) -> SchemeDraft | None:
    """The open draft with exactly this content. Raises DraftRefused (drafted) for another content."""
    Membership.objects.select_for_update(of=("self",)).get(pk=by.pk)  # a form sent twice comes one by one
    rows = SchemeDraft.objects.filter(state__in=[State.EDITED, State.PROPOSED], label=scheme.version)
    found: SchemeDraft | None = rows.filter(content__code=scheme.code).order_by("pk").first()
    if found is not None and found.digest != scheme.digest:
        raise DraftRefused("drafted", label=scheme.version)
    return found


def too_early(draft: SchemeDraft) -> DraftRefused | None:
    """A month in the books is not scored anew: a scheme with money begins after the last one posted."""
    if draft.level != Level.INSTITUTION:
        return None
    last = MonthRun.objects.filter(state=MonthRun.State.POSTED).order_by("-month").first()
    if last is None or draft.from_date > last.month:
        return None
    return DraftRefused("past", month=Month.of(draft.from_date), last=last.period)


def _require_open(draft: SchemeDraft) -> None:
    if refused := too_early(draft):
        raise refused


def _step(
    draft: SchemeDraft, name: str, after: str, by: Membership, version: int | None = None, **more: object
) -> SchemeDraft:
    sources = {"publish": State.PROPOSED, "give_back": State.PROPOSED}
    before = sources.get(name, State.EDITED)
    if version not in (None, draft.version):
        raise Stale(draft)
    moved: SchemeDraft = SchemeDraft.objects.claim(
        draft.pk,
        expect={"state": before, "version": draft.version},
        change={"state": after, "version": F("version") + 1, **more},
    )
    journal.step(by=by, about=moved, name=name, before=before, after=after)
    journal.write(by=by, verb=f"performance_draft.{after}", about=moved, digest=moved.digest)
    return moved


def digest_of(approval: Approval) -> str:
    """The digest of the draft as it stands now."""
    return str(SchemeDraft.objects.get(pk=approval.about_id).digest)


def decided(approval: Approval, by: Membership) -> None:
    """What follows from a vote: a yes publishes the version, anything else gives the draft back."""
    draft = SchemeDraft.objects.get(pk=approval.about_id)
    if approval.state != Approval.State.APPROVED:
        _step(draft, "give_back", State.EDITED, by)
        return
    _require_open(draft)
    scheme = replace(draft.scheme(), decided_by=f"{approval.chain.name} #{approval.pk}")
    published = schemes.adopt(
        by=approval.proposed_by, scheme=scheme, level=draft.level, evaluators=draft.judges()
    )
    _step(draft, "publish", State.PUBLISHED, by, published=published)


registry.on_decided(KIND, decided)
