"""Times of day and weekdays in words."""

from __future__ import annotations

from itertools import groupby

from django.utils.translation import gettext as _

from alliance.equipment.engine.hours import Opening


def clock(minute: int | None) -> str:
    """Minutes after midnight as 9:30; nothing for None."""
    return "" if minute is None else f"{minute // 60}:{minute % 60:02d}"


def weekday(number: int) -> str:
    """The short name of a weekday, 1 (Monday) to 7."""
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))[number - 1]


def opening_words(opening: Opening) -> str:
    """Operating hours as people say them: Mon–Fri 8:00–12:00 14:00–17:30, Sat 8:00–12:00."""
    runs = groupby(enumerate(opening.weekdays), lambda pair: (pair[1] - pair[0], opening.spans[pair[1]]))
    return ", ".join(_run([number for _place, number in run], spans) for (_gap, spans), run in runs)


def _run(days: list[int], spans: tuple[tuple[int, int], ...]) -> str:
    name = weekday(days[0]) if len(days) == 1 else f"{weekday(days[0])}–{weekday(days[-1])}"
    return " ".join([name, *(f"{clock(begin)}–{clock(end)}" for begin, end in spans)])
