"""32 people read patients' pages at once: all in one alliance, and each in an alliance of their own.

The journal's chain is made after the commits, so readers of one alliance do not wait for each other.
"""

from __future__ import annotations

import threading
import time

from benchmarks.report import Section, Table
from benchmarks.servers import own_database

READERS, READS = 32, 40


def measure() -> Section:
    """Both ways, in turns, so that the machine's moods fall on both; the best of three."""
    with own_database():
        best = rates()
    rows = [(name, f"{rate:,.0f}") for name, rate in best.items()]
    rows.append(("one alliance / 32 alliances", f"{best['one alliance'] / best['32 alliances']:.2f}"))
    return Section(
        "Journaled reads",
        f"{READERS} connections at once read {READS} patients each, every read journaled in a transaction of "
        "its own; best of three, wall time.",
        (Table(("readers in", "reads a second"), tuple(rows)),),
    )


def rates() -> dict[str, float]:
    """Reads a second, for all readers in one alliance and for each in its own."""
    from alliance.models import Alliance

    alliances = [Alliance.objects.create(code=f"bench{n}", name="x", kind="county") for n in range(READERS)]
    ways = {"one alliance": [alliances[0]] * READERS, "32 alliances": alliances}
    best = dict.fromkeys(ways, 0.0)
    for _turn in range(3):
        for name, places in ways.items():
            best[name] = max(best[name], READERS * READS / seconds(places))
    return best


def seconds(places: list[object]) -> float:
    """How long all readers take, begun together."""
    from django.db import connections, transaction

    from alliance.services import journal
    from alliance.tenancy.scope import act_in

    gate = threading.Barrier(len(places) + 1)

    def read(place: object) -> None:
        connections["default"].ensure_connection()
        gate.wait()
        for _read in range(READS):
            with act_in(place), transaction.atomic():
                journal.write(by=None, verb="patient.read")
        connections.close_all()

    threads = [threading.Thread(target=read, args=[place]) for place in places]
    for thread in threads:
        thread.start()
    gate.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began
