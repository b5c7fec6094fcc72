"""The ground's own kinds of coordination work: joint records kept, lessons taught, teaching of experts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.joint.costs import Kind, Record, Volume, register
from alliance.joint.models import Milestone
from alliance.lib.period import Month
from alliance.lib.workdays import SHANGHAI
from alliance.postings import facts as postings
from alliance.training import facts as training


def _kept(month: Month) -> Q:
    return Q(state=Milestone.State.DONE, done_on__range=(month.first_day, month.last_day))


def records_kept(month: Month) -> list[Volume]:
    """Updates of the joint record: steps recorded as done in the month, by the institution that did them."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = Milestone.objects.filter(_kept(month)).order_by("pk")
    for pk, place in rows.values_list("pk", "at"):
        found[place].append(pk)
    return [Volume(place, len(ids), tuple(ids)) for place, ids in sorted(found.items())]


def kept_records(ids: Iterable[int]) -> list[Record]:
    """The steps behind."""
    rows = Milestone.objects.filter(pk__in=list(ids)).select_related("enrolment__project", "done_by")
    return [
        Record(
            one.done_on, f"{one.enrolment.project.name} · {one.name} · {one.done_by.name}", 1,
            "joint-person", one.enrolment_id,
        )
        for one in rows.order_by("done_on", "pk")
    ]  # fmt: skip


def lessons(month: Month) -> list[Volume]:
    """Minutes of closed training sessions, by the institution that organised them."""
    return [Volume(one.institution_id, one.minutes, one.ids) for one in training.taught(month)]


def lesson_records(ids: Iterable[int]) -> list[Record]:
    """The sessions behind."""
    return [
        Record(
            one.starts_at.astimezone(SHANGHAI).date(), f"{one.title} · {one.teacher}", one.minutes,
            "training-session", one.pk,
        )
        for one in training.sessions(ids)
    ]  # fmt: skip


def expert_teaching(month: Month) -> list[Volume]:
    """Minutes of teaching on confirmed days of postings, by the institution that sent the expert."""
    minutes: dict[int, int] = defaultdict(int)
    days: dict[int, list[int]] = defaultdict(list)
    for fact in postings.posting_facts(month):
        minutes[fact.sender_id] += fact.teaching_minutes
        days[fact.sender_id] += fact.ids
    return [Volume(place, total, tuple(sorted(days[place]))) for place, total in sorted(minutes.items())]


def expert_records(ids: Iterable[int]) -> list[Record]:
    """The days behind that had teaching."""
    return [
        Record(
            one.day, f"{one.staff.name} → {one.posting.host.short_name}", one.teaching_minutes or 0,
            "visit", one.pk,
        )
        for one in postings.days_by_id(ids)
        if one.teaching_minutes
    ]  # fmt: skip


def register_all() -> None:
    """Make them known."""
    times, minutes = _("times done"), _("minutes")
    register(
        Kind(
            "records", _("updates of joint records"), "record_update", 1, times, records_kept, kept_records,
            "joint.view",
        )
    )  # fmt: skip
    register(
        Kind(
            "lessons", _("lessons taught"), "teaching_hour", 60, minutes, lessons, lesson_records,
            "training.view",
        )
    )  # fmt: skip
    register(
        Kind(
            "experts", _("teaching by experts posted"), "teaching_hour", 60, minutes, expert_teaching,
            expert_records, "posting.view",
        )
    )  # fmt: skip
