"""One demonstration alliance from nothing to posted months, with what each step did and took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.utils import timezone

from alliance.demo import DeliveredFile, build_alliance

TODAY = date(2026, 11, 9)  # the day on which the demonstration's October files have all come


def load(code: str, files: list[DeliveredFile], password_hash: str) -> list[str]:
    """Load the alliance `code`; return the report as lines. Runs in a process of its own."""
    from performance.demonstration import (  # models exist only after django.setup()
        confirmations,
        deliveries,
        equipment,
        exams,
        ground,
        joint,
        live,
        months,
        payment,
        postings,
    )

    demo = build_alliance(code)
    said = [f"{demo.name} ({demo.code})"]
    with _step(said, "institutions, people, roster"):
        base = ground.load(demo, password_hash)
        payment.decide(base)
    with _step(said, "case files through the importer"):
        counts = deliveries.deliver(base, files, TODAY)
    said.append(f"  {counts.summary()}")
    with _step(said, "work of the coders"):
        said.append(f"  {payment.work(base, TODAY)}")
    with _step(said, "referrals and declarations"):
        referrals = deliveries.refer(base, demo)
        deliveries.declare(base, demo)
    said.append(f"  {referrals} referrals")
    with _step(said, "consultations and recognition"):
        said.append(f"  {exams.load(base, demo)}")
    with _step(said, "postings"):
        said.append(f"  {postings.load(base, TODAY)} days of experts confirmed")
    with _step(said, "joint work"):
        said.append(f"  {joint.load(base, demo, TODAY)}")
    with _step(said, "shared equipment"):
        said.append(f"  {equipment.load(base, demo, TODAY)} uses of shared devices")
    with _step(said, "mutual confirmation"):
        said.append(f"  {confirmations.load(base, TODAY)}")
    with _step(said, "months"):
        lines = months.run_all(base, demo, TODAY)
    said += (f"  {line}" for line in lines)
    with _step(said, "referrals of this hour"):
        said.append(f"  {live.load(base, demo, timezone.now())} referrals under way")
    return said


@contextmanager
def _step(said: list[str], name: str) -> Iterator[None]:
    """Time a step for the report, and say at once that it is over: the whole takes a minute or two."""
    began = time.monotonic()
    yield
    took = f"{name}: {time.monotonic() - began:.1f} s"
    print(f"  {said[0]} · {took}", flush=True)
    said.append(f"  {took}")
