"""Jobs: chunks, resuming, refusal, giving up, the fence (walls.md section 3)."""

from __future__ import annotations

import pytest
from django.db import transaction

from alliance.models import Alliance, Job, JobChunk, Parameter
from alliance.services import jobs
from alliance.tenancy.scope import NoAlliance, act_in
from tests.world import World

calls: list[int] = []


@jobs.handles("test.count", "count")
def count(work: jobs.Work) -> jobs.Step:
    """Count to the number asked for, one a chunk; stumble where told."""
    calls.append(work.number)
    if work.job.arguments.get("stumble") == work.number and calls.count(
        work.number
    ) <= work.job.arguments.get("times", 1):
        raise ValueError("stumbled")
    if work.job.arguments.get("refuse") == work.number:
        raise jobs.Refused("第 3 行缺少主要诊断")
    done = work.previous.get("counted", 0) + 1
    Parameter.objects.create(
        key=f"count.{work.job.pk}.{done}", value=done, from_date="2026-01-01", decided_by="test"
    )
    total = work.job.arguments["total"]
    return jobs.Step(more=done < total, token={"counted": done}, total=total, result={"counted": done})


@pytest.fixture
def solo(own_database: str) -> Alliance:
    calls.clear()
    return Alliance.objects.create(code="solo", name="独", kind="county")


def run_one(alliance: Alliance, **arguments: int) -> Job:
    with act_in(alliance), transaction.atomic():
        jobs.enqueue(by=None, kind="test.count", dedupe="one", arguments=arguments)
    return jobs.drain(alliance)[-1]


def counted(alliance: Alliance) -> list[int]:
    with act_in(alliance), transaction.atomic():
        return sorted(Parameter.objects.values_list("value", flat=True))


def test_chunks_run_in_order_and_progress_is_kept(solo: Alliance) -> None:
    job = run_one(solo, total=4)
    assert (job.state, job.chunks_done, job.percent, job.result) == ("done", 4, 100, {"counted": 4})
    assert counted(solo) == [1, 2, 3, 4]


def test_a_failed_chunk_leaves_no_effect_and_the_job_goes_on_where_it_was(solo: Alliance) -> None:
    job = run_one(solo, total=4, stumble=2)
    assert (job.state, job.attempt) == ("done", 2)
    assert counted(solo) == [1, 2, 3, 4] and calls == [0, 1, 2, 2, 3]


def test_a_refusal_fails_at_once_with_its_sentence(solo: Alliance) -> None:
    job = run_one(solo, total=4, refuse=1)
    assert (job.state, job.error) == ("failed", "第 3 行缺少主要诊断")


def test_a_poison_job_is_given_up_after_three_attempts_and_the_queue_moves_on(solo: Alliance) -> None:
    job = run_one(solo, total=2, stumble=0, times=99)
    assert job.state == "dead" and "ValueError" in job.error
    assert "stumbled" not in job.error, "the text of an unexpected error may quote a row"
    assert calls == [0, 0, 0]
    assert run_one(solo, total=1).state == "done"


def test_a_given_up_job_runs_again_after_its_last_chunk(solo: Alliance) -> None:
    job = run_one(solo, total=3, stumble=1, times=4)
    assert job.state == "dead"
    with act_in(solo), transaction.atomic():
        jobs.rerun(by=None, job=job)
    assert jobs.drain(solo)[-1].state == "done"
    assert counted(solo) == [1, 2, 3]


def test_the_same_work_is_queued_once(solo: Alliance) -> None:
    with act_in(solo), transaction.atomic():
        first = jobs.enqueue(by=None, kind="test.count", dedupe="x", arguments={"total": 1})
        assert jobs.enqueue(by=None, kind="test.count", dedupe="x", arguments={"total": 1}).pk == first.pk
        assert Job.objects.count() == 1


def test_a_worker_with_an_old_fence_writes_nothing(solo: Alliance) -> None:
    with act_in(solo):
        with transaction.atomic():
            job = jobs.enqueue(by=None, kind="test.count", dedupe="x", arguments={"total": 2})
        stalled = jobs._claim(job.pk)
        assert stalled is not None
        with transaction.atomic():
            Job.objects.filter(pk=job.pk).update(fence=stalled.fence + 1)
        with pytest.raises(jobs.LostFence):
            jobs._chunk(stalled)
        with transaction.atomic():
            assert JobChunk.objects.count() == 0


def test_n8_a_job_without_its_alliance_reads_no_row(world: World) -> None:
    with act_in(world.qinghe):
        job = jobs.enqueue(by=None, kind="test.count", dedupe="x", arguments={"total": 1})
    with pytest.raises(TypeError):
        jobs.run(job_id=job.pk)  # type: ignore[call-arg]
    assert jobs.run(world.jiangzhou.pk, job.pk) == "taken"
    with pytest.raises(NoAlliance):
        jobs.enqueue(by=None, kind="test.count", dedupe="y", arguments={"total": 1})
