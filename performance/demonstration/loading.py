"""One demonstration alliance from nothing to posted months, with what each step did and took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from alliance.demo import DeliveredFile, DemoAlliance, build_alliance
from alliance.lib.workdays import SHANGHAI
from performance.demonstration.clock import acting

if TYPE_CHECKING:
    from performance.demonstration.ground import Ground

Deed = Callable[[], list[str]]
TODAY = date(2026, 11, 9)  # the day on which the demonstration's October files have all come
FOUNDED = datetime(2026, 7, 20, 9, tzinfo=SHANGHAI)


def load(code: str, files: list[DeliveredFile], password_hash: str) -> list[str]:
    """Load the alliance `code`; return the report as lines. Runs in a process of its own."""
    from performance.demonstration import ground, payment  # models exist only after django.setup()

    demo = build_alliance(code)
    said = [f"{demo.name} ({demo.code})"]
    with _step(said, "institutions, people, roster"), acting(FOUNDED):
        base = ground.load(demo, password_hash)
        payment.decide(base)
    for name, deed in _rooms(base, demo, files):
        with _step(said, name):
            done = deed()
        said += (f"  {line}" for line in done)
    return said


def _told(hour: int, deed: Deed) -> Deed:
    """The deed at an hour of that day; those without one tell their times or happen while it is loaded."""

    def done() -> list[str]:
        with acting(datetime(TODAY.year, TODAY.month, TODAY.day, hour, tzinfo=SHANGHAI)):
            return deed()

    return done


def _rooms(base: Ground, demo: DemoAlliance, files: list[DeliveredFile]) -> Iterator[tuple[str, Deed]]:
    """What happens room after room, in the order in which one needs the other; each deed says what it did."""
    yield from _records(base, demo, files)
    yield from _shared_work(base, demo)
    yield from _results(base, demo)
    yield from _right_now(base, demo)


def _records(base: Ground, demo: DemoAlliance, files: list[DeliveredFile]) -> Iterator[tuple[str, Deed]]:
    """What institutions record of patients: case files, lists, coding, referrals, examinations."""
    from performance.demonstration import deliveries, exams, payment, second_sources

    def refer() -> list[str]:
        referrals = deliveries.refer(base, demo)
        deliveries.declare(base, demo)
        return [f"{referrals} referrals"]

    yield "case files through the importer", lambda: [deliveries.deliver(base, files).summary()]
    yield "lists and diseases of the insurer", _told(9, lambda: [second_sources.load(base, demo, TODAY)])
    yield "work of the coders", _told(9, lambda: [payment.work(base, TODAY)])
    yield "referrals and declarations", _told(9, refer)
    yield "consultations and recognition", _told(9, lambda: [exams.load(base, demo)])


def _shared_work(base: Ground, demo: DemoAlliance) -> Iterator[tuple[str, Deed]]:
    """What members do together: experts, joint work, equipment, teams, training, what they declare."""
    from performance.demonstration import (
        complaints,
        confirmations,
        declared,
        equipment,
        joint,
        onsite,
        opinions,
        postings,
        surveys,
        teams,
        training,
    )

    def used() -> list[str]:
        return [f"{equipment.load(base, demo, TODAY)} uses of shared devices"]

    yield "postings", _told(9, lambda: [f"{postings.load(base, TODAY)} days of experts confirmed"])
    yield "joint work", _told(9, lambda: [joint.load(base, demo, TODAY)])
    yield "shared equipment", _told(9, used)
    yield "mutual confirmation", _told(9, lambda: [confirmations.load(base, TODAY)])
    yield "training", _told(9, lambda: [training.load(base, TODAY)])
    yield "declared values", _told(9, lambda: [declared.load(base, TODAY)])
    yield "family-doctor teams", _told(9, lambda: [teams.load(base)])
    yield "opinions and visits", _told(9, lambda: [opinions.load(base, demo, TODAY)])
    yield "surveys", lambda: [surveys.load(base, demo, timezone.localdate())]
    yield "complaints that are over", _told(9, lambda: [complaints.earlier(base, demo, TODAY)])
    yield "on-site assessment", lambda: [onsite.load(base, timezone.localdate())]


def _results(base: Ground, demo: DemoAlliance) -> Iterator[tuple[str, Deed]]:
    """Months and levels computed, the months before from own records, what follows from them in money."""
    from performance.demonstration import (
        appeals,
        consequences,
        drafts,
        history,
        levels,
        months,
        papers,
        pay,
        payout,
    )

    yield "months", lambda: months.run_all(base, demo)
    yield "next year's scheme", _told(16, lambda: [drafts.load(base, TODAY)])
    yield "letters and consequences", _told(16, lambda: [consequences.load(base, TODAY)])
    yield "earlier months and years", _told(16, lambda: [history.load(base, demo), history.years(base)])
    yield "departments, teams and persons", _told(17, lambda: levels.run_all(base, demo))
    yield "pay", lambda: [pay.load(base, demo)]
    yield "papers and disclosure", lambda: [papers.load(base, demo)]
    yield "appeals", lambda: [appeals.load(base, demo, timezone.now())]
    yield "paying out", lambda: [payout.load(base, demo)]


def _right_now(base: Ground, demo: DemoAlliance) -> Iterator[tuple[str, Deed]]:
    """What is under way when the demonstration is looked at."""
    from performance.demonstration import (
        agreements,
        bills,
        care,
        clues,
        complaints,
        corrections,
        disputes,
        duty,
        equipment,
        evidence,
        improvements,
        life,
        live,
        meetings,
        offsite,
        training,
        verification,
        violations,
    )

    def book() -> list[str]:
        days = equipment.book_ahead(base, demo, TODAY, timezone.localdate())
        return [f"{days} days booked"]

    yield "bills for patients", lambda: [bills.load(base, timezone.now())]
    yield "disputes", lambda: [disputes.load(base, timezone.now())]
    yield "clues of October", lambda: [clues.load(base, demo)]
    yield "bodies and meetings", lambda: [meetings.load(base, demo)]
    yield "improvement", lambda: [improvements.load(base, demo)]
    yield "agreements", lambda: [agreements.load(base, demo)]
    yield "violations", lambda: [violations.load(base, demo)]
    yield "opinions of a third party", lambda: [verification.load(base, demo)]
    yield "referrals of this hour", lambda: [f"{live.load(base, demo, timezone.now())} referrals under way"]
    yield "bookings of these days", book
    yield "courses of these weeks", lambda: [training.hold_since(base, timezone.localdate())]
    yield "evidence bundle", lambda: [evidence.load(base, demo)]
    yield "what is put right afterwards", lambda: [corrections.load(base, demo)]
    yield "life of the months", lambda: [life.load(base, demo)]
    yield "complaints under way", lambda: [complaints.load(base, timezone.now())]
    yield "off-site filings", lambda: [offsite.load(base, timezone.now())]
    yield "responsibility letters", lambda: [duty.load(base, timezone.now())]
    yield "care rooms", lambda: [care.load(base, timezone.now())]


@contextmanager
def _step(said: list[str], name: str) -> Iterator[None]:
    """Time a step for the report, and say at once that it is over: the whole takes a minute or two."""
    began = time.monotonic()
    yield
    took = f"{name}: {time.monotonic() - began:.1f} s"
    print(f"  {said[0]} · {took}", flush=True)
    said.append(f"  {took}")
