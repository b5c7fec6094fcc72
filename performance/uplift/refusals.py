"""What this room refuses beside the engine: one sentence each, with a remedy."""

from __future__ import annotations

from alliance.lib.refusal import Refused
from performance.decided.deeds import REASONS, WHOLE, DecidedRefused


class ListRefused(Refused):
    """A list of linked indicators that cannot stand or be decided as asked."""

    reasons = {
        "indicators": "Choose at least one indicator.",
        "unknown": "%(code)s is no indicator of institutions. Choose another.",
        "body": "Name the body that decided.",
        "same_person": "This takes two different people; ask a colleague.",
        "decided": "It is confirmed or set aside already. Enter it anew if another one is needed.",
        "why": REASONS["why"],
    }
    fields = {"unknown": "indicators", "body": "decided_by", **WHOLE}


class SheetRefused(DecidedRefused):
    """An uplift sheet that cannot be entered or decided as asked."""

    reasons = {
        **REASONS,
        "village": "%(institution)s is paid through its township and has no pay total of its own.",
        "waits": "%(institution)s has a sheet of %(year)s that waits for its second person. Decide that one "
        "first.",
        "identical": "%(institution)s has sheet %(number)s of %(year)s in force with the same numbers, of "
        "%(document)s. Nothing is to be entered again.",
        "replaces": "%(institution)s has sheet %(number)s of %(year)s in force. Say why this one takes its "
        "place.",
        "changed": "The approved total, the roster or the linked indicators changed since the sheet was "
        "worked out. Set it aside and have it worked out again.",
        "paid": "%(institution)s was given %(paid)s yuan of %(year)s already, more than the new total of "
        "%(total)s yuan. Correct what was given first, or set the sheet aside.",
    }
    fields = {
        **WHOLE,
        "village": "institution", "waits": "institution", "changed": "",
        "paid": "", "identical": "institution", "replaces": "replaces_why",
    }  # fmt: skip
