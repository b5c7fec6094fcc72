"""What the roster refuses: one sentence each, with a remedy."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class RosterRefused(Refused):
    """A correction of a frozen roster that cannot stand."""

    reasons = {
        "open": "The roster of %(month)s is not frozen. Change it in the master data.",
        "staff": "%(institution)s has nobody with this staff number.",
        "department": "%(institution)s has no department with this code.",
        "same": "The line says this already.",
        "why": "Say why in a few words.",
        "waiting": "A correction of this line waits for its second person. Confirm or decline it first.",
        "share": "With the other lines of this month the shares of time are %(sum)s, more than 1.",
        "changed": "The line has changed since this was entered. Decline it and enter it again.",
        "same_person": "This takes two different people; ask a colleague.",
        "ended": "It is confirmed or declined already.",
    }
    fields = {
        "open": "", "same": "", "why": "reason", "waiting": "", "changed": "", "same_person": "", "ended": "",
    }  # fmt: skip
