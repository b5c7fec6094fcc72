"""N22: a real worker process is killed in the middle of an import; another goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models.functions import Now

from alliance.models import Job, JobChunk
from alliance.services import jobs
from grouping.models import BadRow, Case, CaseFile, StagedCase
from grouping.services import intake, publishing
from tests.grouping.files import as_csv, front_page
from tests.grouping.scene import TODAY, inside, shipped
from tests.grouping.test_every_reader import LISTS, TABLES, Reader
from tests.grouping.test_every_reader import named as named_reader
from tests.grouping.test_sources import standard
from tests.plugin import ROOT, named
from tests.stages import staged_own
from tests.world import World

ROWS, CHUNK, LEASE = 4_000, 100, 3
BAD = {7, 1_999, 3_998}  # indices of rows without a principal diagnosis
# What a worker does when the bell rings, with smaller chunks so that there is a middle to be killed in.
WORKER = """
import sys, django
django.setup()
from django.db import connection
connection.ensure_connection()  # before an alliance is open
from grouping.services import intake
from alliance.services import jobs
intake.CHUNK = int(sys.argv[3])
print(jobs.run(int(sys.argv[1]), int(sys.argv[2])))
"""


own_database, cast = staged_own(shipped)  # real commits that other processes see


def worker(world: World, job: int, database: str, media: Path) -> subprocess.Popen[str]:
    """A process of its own that works off one job."""
    environment = {
        **os.environ, "DATABASE_URL": named("DATABASE_URL", database), "MEDIA_DIR": str(media),
        "JOB_LEASE_SECONDS": str(LEASE),
    }  # fmt: skip
    command = [sys.executable, "-c", WORKER, str(world.qinghe.pk), str(job), str(CHUNK)]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def receive(world: World) -> CaseFile:
    rows = [front_page(world.lead.organisation, f"K{number:05}", A11=f"人{number}") for number in range(ROWS)]
    for number in BAD:
        rows[number]["C03C"] = ""
    with inside(world):
        file, _made = intake.receive_file(by=world.lin, name="k.csv", content=[as_csv(rows)], today=TODAY)
    return file


def receive_as(world: World, reader: Reader) -> CaseFile:
    """A file of the same size and faults for another reader."""
    rows = standard(world, 1)
    rows = [{**rows[0], "A48": f"K{number:05}", "A11": f"人{number}"} for number in range(ROWS)]
    for number in BAD:
        rows[number]["C03C"] = ""
    made = reader.source(world)
    with inside(world):
        file, _made = intake.receive_file(
            by=world.luo, name=reader.file, content=[reader.written(rows)], source=made, today=TODAY
        )
    return file


def chunks_done(world: World, job: int) -> int:
    with inside(world):
        return JobChunk.objects.filter(job=job).count()


def wait_for_chunks(world: World, job: int, number: int) -> None:
    """Until the worker has finished so many chunks."""
    until = time.monotonic() + 60
    while chunks_done(world, job) < number:
        assert time.monotonic() < until, "the worker did not begin"
        time.sleep(0.02)


@pytest.mark.slow
def test_n22_a_worker_killed_in_the_middle_loses_no_row_and_stores_none_twice(
    cast: World, own_database: str, tmp_path: Path
) -> None:
    killed_in_the_middle(cast, receive(cast), own_database, tmp_path, lambda _job: time.sleep(LEASE + 0.5), 2)


@pytest.mark.slow
@pytest.mark.parametrize("reader", [one for one in (*TABLES, *LISTS) if one.name != "hqms"], ids=named_reader)
def test_n22_every_reader_goes_on_where_it_was(
    cast: World, own_database: str, tmp_path: Path, reader: Reader
) -> None:
    first_line = 1 if reader.kind == "json" else 2
    file = receive_as(cast, reader)

    def lease_ran_out(job: int) -> None:  # the test above waits for it
        with inside(cast):
            Job.objects.filter(pk=job).update(lease_until=Now() - timedelta(seconds=1))

    killed_in_the_middle(cast, file, own_database, tmp_path, lease_ran_out, first_line)


def killed_in_the_middle(
    cast: World, file: CaseFile, own_database: str, tmp_path: Path,
    lease_ends: Callable[[int], None], first_line: int,
) -> None:  # fmt: skip
    """Kill the worker after three chunks; a second one must end with every row once, at its line."""
    assert file.job_id is not None
    first = worker(cast, file.job_id, own_database, tmp_path)
    wait_for_chunks(cast, file.job_id, 3)
    os.kill(first.pid, signal.SIGKILL)
    assert first.wait(10) == -signal.SIGKILL
    with inside(cast):
        job = Job.objects.get(pk=file.job_id)
        before = JobChunk.objects.filter(job=job).count()
        assert job.state == "running" and 3 <= before < ROWS // CHUNK
        assert StagedCase.objects.count() + len(BadRow.objects.values("line").distinct()) == before * CHUNK
    lease_ends(file.job_id)
    second = worker(cast, file.job_id, own_database, tmp_path)
    assert second.communicate(timeout=120)[0].strip() == "done"
    check_whole(cast, file, before, first_line)


def check_whole(world: World, file: CaseFile, before: int, first_line: int) -> None:
    """Every row is there once, at its line; the second worker went on where the first one was."""
    with inside(world):
        job = Job.objects.get(pk=file.job_id)
        numbers = list(JobChunk.objects.filter(job=job).order_by("number").values_list("number", flat=True))
        assert job.attempt == 2 and numbers == list(range(len(numbers))) and len(numbers) > before
        lines = sorted(StagedCase.objects.values_list("line", flat=True))
        bad = sorted(BadRow.objects.values_list("line", flat=True))
        assert bad == sorted(number + first_line for number in BAD)
        assert sorted([*lines, *bad]) == list(range(first_line, ROWS + first_line))
        file = CaseFile.objects.get(pk=file.pk)
        assert (file.state, file.rows_read, file.rows_bad) == ("checked", ROWS, len(BAD))
        publishing.publish(by=world.lin, file=file, take_good=True)
    assert {one.state for one in jobs.drain(world.qinghe)} == {"done"}
    with inside(world):
        assert (
            Case.objects.count()
            == ROWS - len(BAD)
            == len(set(Case.objects.values_list("record_no", flat=True)))
        )
