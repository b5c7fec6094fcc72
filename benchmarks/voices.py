"""Complaints of the public at a really running server: how many a second, how long each, none lost."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median, quantiles

from benchmarks.report import Section, Table
from benchmarks.servers import own_database

PEOPLE, A_SECOND, PORT = 1_000, 50, 18_044


def measure() -> Section:
    """A thousand people within twenty seconds, and the list of the complaint office meanwhile."""
    with own_database() as database, tempfile.TemporaryDirectory() as folder:
        return _measured(database, Path(folder))


def _measured(database: str, folder: Path) -> Section:
    from django.db import transaction
    from django.test import override_settings

    from alliance.tenancy.scope import act_in
    from complaints.models import Complaint
    from tests.complaints import load
    from tests.world import make_world

    with override_settings(MEDIA_ROOT=folder):
        world = make_world()
        cookie = f"sessionid={world.client('luo').cookies['sessionid'].value}"
        with load.serving(database, folder, PORT):
            found = load.complain(PORT, cookie, people=PEOPLE, a_second=A_SECOND)
        with transaction.atomic(), act_in(world.qinghe):
            kept = Complaint.objects.values("text").distinct().count()
    return Section(
        "Complaints of the public",
        f"{PEOPLE:,} people each send the public form once, {A_SECOND} a second, to gunicorn with two "
        "processes on the loopback of this machine, without the limits of one address; the office reads the "
        "list of all complaints five times a second meanwhile. The callers use the same cores. Lost: forms "
        "without an answer that leads to their page, or whose words do not stand in the database afterwards.",
        (
            Table(
                ("what", "number", "a second", "lost", "median ms", "95th percentile ms"),
                (
                    _row("forms sent", found.people, 303, found.took, PEOPLE - kept),
                    _row("list of the office", found.staff, 200, found.took, 0),
                ),
            ),
        ),
    )


def _row(
    what: str, answers: list[tuple[int, str, float]], good: int, took: float, lost: int
) -> tuple[str, ...]:
    """One line; milliseconds by the clock on the wall."""
    times = [1000 * one[2] for one in answers]
    wrong = max(lost, sum(one[0] != good for one in answers))
    return (
        what, f"{len(answers):,}", f"{len(answers) / took:.0f}", str(wrong), f"{median(times):.0f}",
        f"{quantiles(times, n=20)[-1]:.0f}",
    )  # fmt: skip
