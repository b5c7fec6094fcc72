"""Why a posting or one of its days is refused: a stable word, a sentence with its remedy, its field."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class PostingRefused(Refused):
    """A posting cannot be agreed, or a day not reported, as asked; `field` names the form field."""

    reasons = {
        "no_institution": "You stand for the whole alliance. Only a member of an institution can do this.",
        "staff": "This expert does not work at your institution, or no longer does.",
        "host": "Choose another institution: nobody is posted to where they work.",
        "department": "This department does not belong to the host.",
        "last_day": "The last day lies before the first, or more than %(most)d days after it.",
        "first_day": "The first day lies more than %(most)d days back.",
        "weekdays": "No planned day falls into this time: choose weekdays that do.",
        "half": "Choose the morning, the afternoon, or both.",
        "purpose": "Say in a few words what the posting is for.",
        "taken": "%(name)s is already planned on %(day)s at %(place)s. Choose other days, or move that one.",
        "why": "Say why in a few words: the other side reads it.",
        "absence": "Choose a reason from the list.",
        "future": "This day has not come yet.",
        "figures": "Enter patients seen, minutes of teaching and patients kept, 0 where there were none.",
        "same": "Choose another day or another expert.",
        "swap_day": "The posting runs from %(first)s to %(last)s: choose a day in it, or propose another.",
        "not_today": "Arrival and leaving are noted on the day itself.",
        "not_arrived": "Note the arrival first.",
        "noted": "This is already noted.",
        "ended_on": "The last day of service lies outside the posting.",
        "points": "Give one to five points for each question.",
        "month": "Nothing of this posting was confirmed in that month.",
        "evaluated": "This month is already evaluated.",
    }
    fields = {
        "no_institution": "", "taken": "", "future": "", "figures": "patients_seen", "same": "day",
        "swap_day": "day", "evaluated": "month",
    }  # fmt: skip
