"""What this room refuses: one sentence each, with a remedy, translated where it is shown."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class CalendarRefused(Refused):
    """An entry of the calendar, a step said done or a reminder that cannot stand."""

    reasons = {
        "day": "The day is one of the following month: 1 to %(most)d; where that is shorter, its last day.",
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
        "lots": "%(open)s yuan of %(month)s are not paid yet. Make the lots and take in the bank's answer.",
        "books": "The books of %(month)s are open. Two people close them first, on the page of the ledger.",
    }
    fields = dict.fromkeys(reasons, "")


class CorrectionRefused(Refused):
    """A statement, a claw-back, a lock exception or a correction that cannot stand."""

    reasons = {
        "closed": "The books of %(month)s are not open. Choose an open month.",
        "before": "A correction of %(month)s goes into this month or a later one.",
        "draft": "Only a draft can be discarded.",
        "unread": "The file is not read yet. Wait until it is, then try again.",
        "no_rows": "The file holds no case discharged in %(month)s.",
        "there": "%(month)s has a statement of this stage already. Work on that one.",
        "document": "Give the number of the statement.",
        "equal": "Every case was paid as expected; there is nothing to book.",
        "other": "The cases add up to %(cases)s yuan, the statement to %(total)s yuan. Say what the "
        "difference of %(other)s yuan is.",
        "twice": "Record %(record)s stands twice in the file for one case. Ask the insurer for a clean file.",
        "not_posted": "The statement is not in the books yet. Its rejections are charged after that.",
        "lines": "Choose at least one rejected case.",
        "charged": "%(n)d of the cases are charged already.",
        "why": "Say why in a few words.",
        "nothing": "Nothing is left to take from the pay of %(month)s above the floor.",
        "same_person": "This takes two different people; ask a colleague.",
        "confirmed": "It is already confirmed.",
        "ended": "The exception has ended. Open a new one.",
        "until": "Let the exception end later than now, within %(most)d days.",
        "open_month": "%(month)s is not approved yet: its data are corrected as always.",
        "no_exception": "No exception of %(institution)s for %(month)s was in force. Two people open one "
        "first.",
        "changed": "Pots or shares of the month have moved since this was worked out. Decline it, and work "
        "it out anew.",
        "red_line": "%(institution)s would be %(over)s yuan above its approved pay total of %(year)d. Raise "
        "the total first.",
        "unchanged": "The corrected data change no share of %(month)s.",
        "blocked": "With these data the scheme would block %(month)s.",
    }
    fields = {
        "closed": "into", "before": "into", "draft": "", "equal": "",
        "unread": "file", "no_rows": "file", "there": "stage",
        "other": "other_why", "twice": "file", "not_posted": "", "charged": "lines", "why": "reason",
        "nothing": "into", "same_person": "", "confirmed": "", "ended": "", "open_month": "month",
        "no_exception": "", "unchanged": "", "blocked": "", "changed": "",
        "red_line": "",
    }  # fmt: skip
