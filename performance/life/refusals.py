"""What this room refuses: one sentence each, with a remedy, translated where it is shown."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class CalendarRefused(Refused):
    """An entry of the calendar, a step said done or a reminder that cannot stand."""

    reasons = {
        "day": "The day counts from the first of the following month: 1 to %(most)d.",
        "role": "%(role)s is not a role.",
        "past": "%(month)s is decided already; let the change begin later.",
        "known": "The system sees itself when this step is done.",
        "said": "Somebody has said so already.",
        "note": "Say in a few words what was done, and where it is written down.",
        "nothing": "%(institution)s has delivered everything; there is nothing to remind of.",
    }
    fields = {"role": "owner", "past": "from_month", "known": "", "said": "", "nothing": ""}


class LifeRefused(Refused):
    """A step of a month after its approval that cannot be taken as things stand."""

    reasons = {
        "not_posted": "%(month)s is not approved yet. It is published once it stands in the books.",
        "appeals": "%(n)d appeals about %(month)s have not ended yet. Answer them first.",
        "running": "%(month)s is published until %(until)s. It is paid after that.",
        "pots": "%(n)d pots of %(month)s are not in the books yet: the second distribution comes first.",
        "books": "The books of %(month)s are open. Two people close them first, on the page of the ledger.",
    }
    fields = dict.fromkeys(reasons, "")
