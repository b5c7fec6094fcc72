"""Why something about a complaint is refused: a stable word, a sentence with its remedy, its field."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class ComplaintRefused(Refused):
    """A complaint cannot be filed or moved as wanted; `field` names the form field, or is ''."""

    reasons = {
        "text": "Write what happened.",
        "institution": "Choose the institution from the list.",
        "category": "Choose what it is about from the list.",
        "channel": "Choose how it came from the list.",
        "department": "This department does not belong to the institution.",
        "no_department": "Choose the department that answers.",
        "anonymous": "An anonymous complaint has no name and no telephone. Clear them, or give your name.",
        "phone": "This is neither a mobile number of 11 digits nor an area code with a number.",
        "order_number": "An order needs its number.",
        "order_known": "The order %(order)s is already here as %(number)s.",
        "sent_before": "This form was taken as %(number)s with other words. Add there what changed.",
        "key_known": "This key came before with other words, as %(number)s. Send it with a key of its own.",
        "order_due": "The deadline of the order lies before its receipt.",
        "answer": "Write the answer: the person reads it.",
        "verdict": "Choose what was found.",
        "reason": "Say why in a few words.",
        "not_open": "This complaint is %(state)s: this step is over.",
        "reopen_over": "It was closed more than %(days)s days ago. File a new one and name this number.",
        "same": "A complaint is not merged into itself.",
        "not_found": "There is no such complaint of this institution. Check the number.",
        "target_ended": "The other complaint is %(state)s. Merge into one that is under way.",
        "top": "It already stands with the alliance office: there is no higher level.",
        "too_many_files": "At most %(most)s files. Leave some out.",
        "too_early": "The time lies before that of the step before it.",
        "box_step": "This report is already decided.",
        "said": "Write what the person is told.",
    }
    fields = {
        "anonymous": "name", "no_department": "department", "order_known": "order_number", "key_known": "key",
        "sent_before": "text",
        "order_due": "result_due_at", "answer": "text", "not_open": "", "reopen_over": "", "same": "number",
        "not_found": "number", "target_ended": "number", "top": "", "too_many_files": "files",
        "too_early": "", "box_step": "",
    }  # fmt: skip
