"""A day somebody wrote that is no working day: which day counts instead, said where it stands."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from alliance.lib.workdays import WorkCalendar
from alliance.services import calendar
from alliance.web import words
from performance.life import plan
from performance.models import CalendarStep


def note(wanted: date | None, known: WorkCalendar) -> str:
    """That the day is off and which one counts (services.tasks.due_day); "" of a working day or of none."""
    due = plan.shifted(wanted, CalendarStep.Shift.AFTER, known) if wanted is not None else None
    return _("a day off, moved to %(day)s") % {"day": words.day(due)} if due != wanted else ""


def day(wanted: date | None, known: WorkCalendar) -> str:
    """The day as it was written, with the one that counts."""
    said = note(wanted, known)
    return f"{words.day(wanted)} ({said})" if said else words.day(wanted)


def told(kept: str, wanted: date | None) -> str:
    """What a page says after keeping, and that the day moved."""
    said = note(wanted, calendar.calendar()) if wanted else ""
    if not said:
        return kept
    return _("%(kept)s %(day)s is %(note)s.") % {"kept": kept, "day": words.day(wanted), "note": said}
