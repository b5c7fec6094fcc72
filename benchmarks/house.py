"""The alliance that a benchmark works in, and a second worker process beside it."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.report import ROOT

TODAY = date(2026, 11, 3)
SHARED = Path(os.environ.get("SHARED_DIR", ROOT.parent / "shared"))
REFERENCE = SHARED / "grouping"


@dataclass(frozen=True)
class Sources:
    """What an export is made of: case files, the organisations in them, and the scheme they are coded in."""

    files: list[Path]
    what: str
    organisations: list[str]
    scheme: str
    package: Path


def sources(folder: Path) -> Sources:
    """The reference exports where they are at hand, else the files of the demonstration."""
    from benchmarks import exports
    from grouping.services.schemes import SHIPPED

    files = sorted((REFERENCE / "hqms" / "chs_drg_11").glob("hqms_*.csv"))
    package, what = REFERENCE / "schemes" / "chs_drg_11", "the reference exports under new numbers"
    if not files:
        files = _demonstration(folder)
        package, what = SHIPPED / "xietong_demo", "the demonstration's files under new numbers"
    organisations = sorted({row["A01"] for file in files for row in exports.read(file)})
    return Sources(files, what, organisations, package.name, package)


def _demonstration(folder: Path) -> list[Path]:
    from alliance.demo.build import build
    from alliance.demo.files import write_files

    written = write_files(build(), folder / "demo")
    return [file.path for file in written if file.alliance == written[0].alliance]


@dataclass
class House:
    """One alliance with the institutions of the export and somebody of its office."""

    alliance: Any
    office: Any

    @contextmanager
    def inside(self) -> Iterator[None]:
        """In the alliance, in a transaction."""
        from django.db import transaction

        from alliance.tenancy.scope import act_in

        with act_in(self.alliance), transaction.atomic():
            yield

    def queued(self, kinds: set[str]) -> list[int]:
        """Jobs of some kinds that wait or are being worked at, in order."""
        from alliance.models import Job

        with self.inside():
            found = Job.objects.filter(kind__in=kinds, state__in=["queued", "running"])
            return list(found.order_by("pk").values_list("pk", flat=True))

    def work_off(self, kinds: set[str], helper: Helper | None) -> None:
        """Run the queued jobs of some kinds; with a helper, until it has done its share, too."""
        from alliance.services import jobs

        for job in self.queued(kinds):
            jobs.run(self.alliance.pk, job)
        while helper and self.queued(kinds):
            time.sleep(0.01)


def found(made_of: Sources, code: str) -> House:
    """Found an alliance, let the scheme hold in it, and read its dictionary once, as a warm worker has it."""
    from django.db import transaction

    from alliance.models import Membership, User
    from alliance.services import alliances
    from alliance.tenancy.scope import act_in
    from tests.world import place

    alliance = alliances.found(code=code, name=code, kind="county", word="医共体", calendar_since=2025)
    with act_in(alliance), transaction.atomic():
        for number, organisation in enumerate(made_of.organisations):
            one = place(f"{code}{number}", f"{code} {number}", "secondary", "general")
            one.organisation = organisation
            one.save()
        user = User.objects.create(username=code, name=code)
        office = Membership.objects.create(user=user, institution=None, roles=["performance_office"])
    here = House(alliance, office)
    _adopt(made_of.package, here)
    return here


def _adopt(package: Path, here: House) -> None:
    from alliance.services import jobs
    from grouping.models import SchemeVersion
    from grouping.services import packages, release, schemes

    parts = [(file.name, [file.read_bytes()]) for file in sorted(package.iterdir())]
    with here.inside():
        version = packages.receive(by=here.office, parts=parts, today=TODAY)
    jobs.drain(here.alliance)
    with here.inside():
        version = SchemeVersion.objects.get(pk=version.pk)
        release.hold(by=here.office, version=version, from_date=date(2020, 1, 1), today=TODAY)
        schemes.dictionary(schemes.in_force(TODAY))


def owner() -> Any:
    """A plain connection to the benchmark's database as its owner, committing each statement."""
    from django.db import connection

    from tests import plugin

    return plugin.owner(connection.settings_dict["NAME"])


HELPER = """
import sys, django
django.setup()
from benchmarks import house
house.help_out()
"""
KINDS = {"case_file.help", "cases.group_month"}


class Helper:
    """A second worker: a process of its own that takes the same jobs from the same database."""

    def __init__(self, database: str) -> None:
        from tests import plugin

        environment = {**os.environ, "DATABASE_URL": plugin.named("DATABASE_URL", database)}
        command = [sys.executable, "-c", HELPER]
        self._process = subprocess.Popen(
            command, env=environment, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def _ask(self, word: str) -> str:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def serve(self, alliance: int) -> None:
        """Take jobs of an alliance from now on."""
        self._ask(str(alliance))

    def close(self) -> float:
        """End it; return the most memory it held, MiB."""
        if self._process.poll() is not None:
            return 0.0
        found = float(self._ask("end") or 0)
        self._process.wait(60)
        return found


@contextmanager
def helper(database: str) -> Iterator[Helper]:
    """A second worker while the block lasts."""
    found = Helper(database)
    try:
        yield found
    finally:
        found.close()


def help_out() -> None:
    """What the second worker does: read an alliance's number, then run its jobs until told to end."""
    from django.db import connection

    from alliance.models import Alliance
    from alliance.services import jobs
    from alliance.tenancy.scope import act_in
    from grouping.services import schemes

    connection.ensure_connection()
    alliance = Alliance.objects.get(pk=int(sys.stdin.readline()))
    here = House(alliance, None)
    with here.inside():
        schemes.dictionary(schemes.in_force(TODAY))
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0.01)[0]:
        with act_in(alliance):
            waiting = here.queued(KINDS)
        for job in waiting:
            jobs.run(alliance.pk, job)
    print(highest_memory(), flush=True)


def seconds_of(pid: int) -> float:
    """Processor seconds of a process so far; nought where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def highest_memory() -> float:
    """The most memory this process ever held, MiB; nought where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0.0
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
