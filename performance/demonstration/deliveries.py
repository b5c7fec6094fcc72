"""What happened in the demonstration: case files through the importer, past referrals, declarations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from alliance.demo import DeliveredFile, DemoAlliance, Referral
from alliance.lib.workdays import SHANGHAI
from alliance.models import Job, Person
from alliance.services import jobs, people
from alliance.tenancy.scope import act_in
from grouping.services import declarations, intake, publishing
from performance.demonstration.clock import acting, days_after
from performance.demonstration.ground import Ground
from referrals.services import history

PIECE = 1 << 20
DECLARED, DELIVERED, CORRECTED = 3, 5, 8  # days of the month after


class JobFailed(RuntimeError):
    """A job of the demonstration did not end well; its own sentence says why."""


@dataclass
class Delivered:
    """Counts over all files."""

    files: int = 0
    rows: int = 0
    bad: int = 0
    stored: int = 0
    corrected: int = 0
    groups: dict[str, int] = field(default_factory=dict)

    def summary(self) -> str:
        """One line for people."""
        grouped = self.groups.get("grouped", 0)
        others = sum(count for outcome, count in self.groups.items() if outcome != "grouped")
        return (
            f"{self.files} files: {self.rows} rows read, {self.stored} stored, {self.corrected} corrected, "
            f"{self.rows - self.stored - self.corrected - self.bad} unchanged, "
            f"{self.bad} bad; {grouped} grouped, {others} not grouped"
        )


def deliver(ground: Ground, files: list[DeliveredFile]) -> Delivered:
    """Receive, check and store all files as the steward does, month by month; corrections follow the files
    they correct.
    """
    counts = Delivered()
    for month, corrects in sorted({(one.month, bool(one.corrects)) for one in files}):
        at = days_after(month, CORRECTED if corrects else DELIVERED)
        with acting(at):
            wave = [one for one in files if (one.month, bool(one.corrects)) == (month, corrects)]
            received = [_receive(ground, one.path, at.date()) for one in wave]
            drain(ground)
            for file_id in received:
                _publish(ground, file_id, counts)
            for job in drain(ground):
                for outcome, count in job.result.get("outcomes", {}).items():
                    counts.groups[outcome] = counts.groups.get(outcome, 0) + count
    return counts


def drain(ground: Ground) -> list[Job]:
    """Work off what waits, and stop when anything failed."""
    ran = jobs.drain(ground.alliance)
    for job in ran:
        if job.state != Job.State.DONE:
            raise JobFailed(f"{job}: {job.error}")
    return ran


def _receive(ground: Ground, path: Path, today: date) -> int:
    with path.open("rb") as content, act_in(ground.alliance), transaction.atomic():
        pieces = iter(lambda: content.read(PIECE), b"")
        file, _made = intake.receive_file(by=ground.steward, name=path.name, content=pieces, today=today)
        return int(file.pk)


def _publish(ground: Ground, file_id: int, counts: Delivered) -> None:
    with act_in(ground.alliance), transaction.atomic():
        file = publishing.publish_by_id(by=ground.steward, file_id=file_id, take_good=True)
    counts.files += 1
    counts.rows += file.rows_read
    counts.bad += file.rows_bad
    counts.stored += file.preview["stored"]
    counts.corrected += file.preview["corrected"]


def declare(ground: Ground, demo: DemoAlliance) -> None:
    """Declarations of the months, and last year's totals."""
    with act_in(ground.alliance), transaction.atomic():
        for one in demo.declarations:
            with acting(days_after(one.month, DECLARED)):
                declarations.declare(
                    by=ground.steward,
                    institution=ground.places[one.institution],
                    month=one.month,
                    discharges=one.discharges,
                    total_fen=one.charges,
                )
        for past in demo.last_year:
            declarations.state_total(
                by=ground.steward,
                institution=ground.places[past.institution],
                month=past.month,
                discharges=past.discharges,
                total_fen=past.cost,
                source=past.source,
                on=past.declared_on,
            )


def refer(ground: Ground, demo: DemoAlliance) -> int:
    """Take the past referrals over; return how many."""
    with act_in(ground.alliance), transaction.atomic():
        identities = [identity(one) for one in demo.referrals]
        keys = people.keys_for(identities, alliance=ground.alliance)
        persons = people.store_many(by=ground.steward, identities=identities)
        past = [_past(ground, one, persons[each.key]) for one, each in zip(demo.referrals, keys, strict=True)]
        return history.take_over(by=ground.steward, referrals=past)


def identity(one: Referral) -> people.Identity:
    """Who the patient of a referral is."""
    patient = one.patient
    return people.Identity(
        patient.name, Person.Sex(patient.sex), patient.birth, patient.id_number, patient.phone
    )


def _past(ground: Ground, one: Referral, person: Person) -> history.PastReferral:
    return history.PastReferral(
        number=one.number,
        direction=one.direction,
        urgency=one.urgency,
        state=one.state,
        person=person,
        logged_by=ground.clinician(one.origin),
        origin=ground.places[one.origin],
        origin_department=ground.units.get((one.origin, one.origin_department)),
        target=ground.places[one.target],
        target_department=ground.units.get((one.target, one.target_department)),
        reason=one.reason,
        diagnosis_code=one.diagnosis,
        diagnosis_name=one.diagnosis_name,
        summary=one.summary,
        reply=one.reply,
        decline_reason=one.decline_reason,
        decline_text=one.decline_text,
        logged_at=local(one.logged_at),
        answered_at=_maybe(one.answered_at),
        arrived_at=_maybe(one.arrived_at),
        completed_at=_maybe(one.completed_at),
        closed_at=_maybe(one.closed_at),
    )


def local(moment: datetime) -> datetime:
    """A time of the demonstration as an instant."""
    return moment.replace(tzinfo=SHANGHAI)


def _maybe(moment: datetime | None) -> datetime | None:
    return None if moment is None else local(moment)
