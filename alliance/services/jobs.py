"""Long work in chunks: PostgreSQL holds the truth, the broker only rings the bell (walls.md section 3).

A room registers a handler by kind. A handler does one chunk a call, inside one transaction, and says whether
more is to come; what it returned last is handed to it again, so that it goes on exactly there after a crash.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from alliance import sql
from alliance.models import Alliance, Job, JobChunk, Membership
from alliance.services import journal
from alliance.tenancy.scope import act_in, current_alliance_id

log = logging.getLogger("xietong.jobs")


class Refused(Exception):
    """The work cannot be done as asked, and trying again would not help; the sentence is for the user."""


class LostFence(Exception):
    """Another worker has taken the job over; this one must write nothing."""


@dataclass(frozen=True)
class Work:
    """What a handler gets: the job, which chunk is due, and what the chunk before returned."""

    job: Job
    number: int
    previous: dict[str, Any]


@dataclass(frozen=True)
class Step:
    """What a chunk returns: where to go on, whether to, and how far the work is (of `total` chunks, if
    known).
    """

    more: bool
    token: dict[str, Any] = field(default_factory=dict)
    total: int | None = None
    text: str = ""
    result: dict[str, Any] = field(default_factory=dict)


Handler = Callable[[Work], Step]
_handlers: dict[str, Handler] = {}
_words: dict[str, Any] = {}


def handles(kind: str, words: Any) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler of a kind of job; `words` is what pages call it."""

    def register(handler: Handler) -> Handler:
        if kind in _handlers:
            raise ValueError(f"two handlers for jobs of kind {kind}")
        _handlers[kind], _words[kind] = handler, words
        return handler

    return register


def words_of(kind: str) -> str:
    """What a kind of job is called, in the reader's language; one of an older version keeps its key."""
    return str(_words.get(kind, kind))


@transaction.atomic
def enqueue(*, by: Membership | None, kind: str, dedupe: str, arguments: dict[str, Any] | None = None) -> Job:
    """Queue work, or return the live job of the same kind and dedupe key; the bell rings after the commit."""
    if kind not in _handlers:
        raise ValueError(f"no handler for jobs of kind {kind}")
    job_id = sql.insert_job(current_alliance_id(), kind, dedupe, arguments or {}, by.pk if by else None)
    live = Q(state__in=[Job.State.QUEUED, Job.State.RUNNING])
    job = Job.objects.get(pk=job_id) if job_id else Job.objects.get(live, kind=kind, dedupe=dedupe)
    if job_id:
        journal.write(by=by, verb="job.queued", about=job, kind=kind, dedupe=dedupe)
        ring_after_commit(job)
    return job


def ring_after_commit(job: Job) -> None:
    """Wake a worker once the job is visible to it; a lost bell costs delay only, the sweeper rings again."""
    alliance_id, job_id = job.alliance_id, job.pk

    def ring() -> None:
        try:
            current_app.send_task("alliance.run_job", args=[alliance_id, job_id], retry=False)
        except OperationalError:
            log.warning("the broker did not take the bell of job %s; the sweeper will ring again", job_id)

    transaction.on_commit(ring)


def run(alliance_id: int, job_id: int) -> str:
    """Claim a job and work it off, chunk by chunk; return its state. Nothing happens when another worker has
    it.
    """
    with act_in(alliance_id):
        job = _claim(job_id)
        if job is None:
            return "taken"
        try:
            while _chunk(job):
                pass
        except LostFence:
            return "lost"
        except Refused as refusal:
            _end(job, Job.State.FAILED, str(refusal))
        except Exception as error:
            # The text of an unexpected error may quote a row; where it happened is enough to find it.
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("job %s failed with %s\n%s", job.pk, type(error).__name__, where)
            _failed(job, error)
        with transaction.atomic():
            return Job.objects.get(pk=job.pk).state


def _claim(job_id: int) -> Job | None:
    """Take a waiting job, or one whose worker let its lease run out; give up after attempts without
    progress.
    """
    with transaction.atomic():
        waiting = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=Now())
        job = Job.objects.select_for_update(skip_locked=True).filter(waiting, pk=job_id).first()
        if job is None:
            return None
        if job.stuck >= settings.JOB_ATTEMPTS:
            Job.objects.filter(pk=job.pk).update(
                state=Job.State.DEAD, finished_at=Now(), error=job.error or "its worker died three times"
            )
            return None
        job.state, job.fence, job.attempt, job.stuck = (
            Job.State.RUNNING,
            job.fence + 1,
            job.attempt + 1,
            job.stuck + 1,
        )
        job.started_at = job.started_at or timezone.now()
        job.save(update_fields=["state", "fence", "attempt", "stuck", "started_at"])
        Job.objects.filter(pk=job.pk).update(lease_until=_lease())
        return job


def _chunk(job: Job) -> bool:
    """One transaction: check the fence, extend the lease, write the effects, note the chunk. True when more
    is to come.
    """
    with transaction.atomic():
        held = Job.objects.filter(pk=job.pk, fence=job.fence, state=Job.State.RUNNING).update(
            lease_until=_lease()
        )
        if not held:
            raise LostFence
        last = JobChunk.objects.filter(job=job).order_by("-number").first()
        number = last.number + 1 if last else 0
        step = _handlers[job.kind](Work(job, number, last.result if last else {}))
        JobChunk.objects.create(job=job, number=number, result=step.token)
        changes: dict[str, Any] = {
            "stuck": 0,
            "chunks_done": number + 1,
            "progress_text": step.text,
            "error": "",
        }
        if step.total is not None:
            changes["chunks_total"] = step.total
        if not step.more:
            changes |= {
                "state": Job.State.DONE,
                "finished_at": Now(),
                "result": step.result,
                "chunks_total": number + 1,
            }
        Job.objects.filter(pk=job.pk).update(**changes)
    return step.more


def _failed(job: Job, error: Exception) -> None:
    """Put the job back in the queue, or give it up when three attempts in a row finished no chunk."""
    with transaction.atomic():
        stuck = Job.objects.values_list("stuck", flat=True).get(pk=job.pk)
    state = Job.State.DEAD if stuck >= settings.JOB_ATTEMPTS else Job.State.QUEUED
    _end(
        job,
        state,
        _("It failed with %(kind)s; the log says where. Run it again, or tell the office.")
        % {"kind": type(error).__name__},
    )


def _end(job: Job, state: str, error: str) -> None:
    finished = None if state == Job.State.QUEUED else Now()
    with transaction.atomic():
        mine = Job.objects.filter(pk=job.pk, fence=job.fence)
        mine.update(state=state, error=error[:2000], lease_until=None, finished_at=finished, rung_at=Now())
        if state == Job.State.QUEUED:
            ring_after_commit(job)


def _lease() -> Any:
    return Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def sweep() -> int:
    """Ring again for jobs that wait too long or whose lease ran out, in all alliances; return how many."""
    rung = 0
    for alliance in Alliance.objects.all():
        with act_in(alliance), transaction.atomic():
            late = Now() - timedelta(seconds=settings.JOB_SWEEP_SECONDS)
            waiting = Q(state=Job.State.QUEUED) & (Q(rung_at__lt=late) | Q(rung_at=None, created_at__lt=late))
            for job in Job.objects.filter(waiting | Q(state=Job.State.RUNNING, lease_until__lt=Now())):
                Job.objects.filter(pk=job.pk).update(rung_at=Now())
                ring_after_commit(job)
                rung += 1
    return rung


def drain(alliance: Alliance) -> list[Job]:
    """Work off everything that waits in an alliance, here and now, in order; for commands that serve
    nothing.
    """
    ran: list[int] = []
    while True:
        with act_in(alliance), transaction.atomic():
            job = Job.objects.filter(state=Job.State.QUEUED).order_by("pk").first()
        if job is None:
            break
        run(alliance.pk, job.pk)
        ran.append(job.pk)
    with act_in(alliance), transaction.atomic():
        return list(Job.objects.filter(pk__in=ran).order_by("pk"))


@transaction.atomic
def rerun(*, by: Membership, job: Job) -> Job:
    """Queue a failed or given-up job again; it goes on after its last finished chunk."""
    again = Job.objects.filter(pk=job.pk, state__in=[Job.State.FAILED, Job.State.DEAD]).update(
        state=Job.State.QUEUED, stuck=0, error="", finished_at=None, rung_at=Now()
    )
    if again:
        journal.write(by=by, verb="job.rerun", about=job, kind=job.kind)
        ring_after_commit(job)
    return Job.objects.get(pk=job.pk)
