"""32 people read patients' pages at once: all in one alliance, and each in an alliance of their own.

The journal's chain is made after the commits, so readers of one alliance do not wait for each other. Prints
reads a second and the ratio; run it with `python -m benchmarks.journal_reads`.
"""

from __future__ import annotations

import os
import threading
import time

READERS, READS = 32, 40


def main() -> None:
    """Make a database of its own on the test servers, measure both ways three times, print the best."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config import embedded
    from tests import plugin

    plugin.STATE.mkdir(parents=True, exist_ok=True)
    os.environ["STATE_DIR"] = str(plugin.STATE)
    os.environ |= embedded.local_keys(plugin.STATE)
    os.environ |= embedded.addresses(plugin.STATE)
    os.environ["XIETONG_TEST_SERVERS"] = "embedded"
    plugin.start_servers()
    import django

    django.setup()
    with plugin.copy_of_template(f"xietong_bench_{os.getpid()}") as database:
        plugin.connect_to(database)
        measure()
    embedded.stop()


def measure() -> None:
    """Both ways, in turns, so that the machine's moods fall on both."""
    from django.db import connections

    from alliance.models import Alliance

    alliances = [Alliance.objects.create(code=f"bench{n}", name="x", kind="county") for n in range(READERS)]
    ways = {"one alliance": [alliances[0]] * READERS, "32 alliances": alliances}
    best = dict.fromkeys(ways, 0.0)
    for _turn in range(3):
        for name, places in ways.items():
            best[name] = max(best[name], READERS * READS / seconds(places))
    for name, rate in best.items():
        print(f"{name}: {rate:,.0f} journaled reads a second")
    print(f"one alliance / 32 alliances: {best['one alliance'] / best['32 alliances']:.2f}")
    connections.close_all()


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


if __name__ == "__main__":
    main()
