"""What this room refuses."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class DutyRefused(Refused):
    """A step of a responsibility letter that cannot be taken as things stand."""

    reasons = {
        "title": "Give it a title.",
        "paragraphs": "Write the text, a paragraph a line.",
        "clauses": "Write at least one zero-tolerance clause.",
        "clauses_zero": "A letter names fictitious services and swapped drugs among its clauses.",
        "roles": "Choose who signs.",
        "kinds": "Choose the kinds of institutions that sign.",
        "months": "A signature holds from 1 to 60 months.",
        "decided_by": "Name who decided it.",
        "document": "Give the document number.",
        "same_person": "You entered this version. Another person puts it in force.",
        "enforced": "This version is in force already.",
        "first_day": "Another version begins on this day. Enter one with another first day.",
        "late_day": "The first day has passed. Enter a version that begins today or later.",
        "not_in_force": "Put the version in force first.",
        "due_on": "Choose a day from today on, and not before the first day of the version.",
        "round_there": "There is a round of this version and year already.",
        "ended": "This round has ended.",
        "none": "No responsibility letter is in force. The performance office puts one in force.",
        "not_asked": "The letter in force does not ask for your signature.",
        "changed": "Another text is in force than the one you read. Read it again.",
        "read": "Tick every clause: each is read by itself.",
        "password": "The password is not right. Nothing was signed.",
        "signed": "You have signed this letter; it holds until %(until)s.",
        "nobody": "Nobody is left to remind: who has not signed was reminded in this round.",
    }  # fmt: skip
    fields = {
        "clauses_zero": "clauses", "same_person": "", "enforced": "", "first_day": "",
        "late_day": "from_date",
        "not_in_force": "", "round_there": "year", "ended": "", "none": "", "not_asked": "", "changed": "",
        "signed": "", "nobody": "",
    }  # fmt: skip
