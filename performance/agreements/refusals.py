"""What this room refuses."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class AgreementRefused(Refused):
    """A step of an agreement or of a clause that cannot be taken as things stand."""

    reasons = {
        "ends": "The last day lies before the first. Change one of them.",
        "scan": "Add the scan of the signed paper first.",
        "clauses": "An agreement promises something. Add a clause first.",
        "number": "There is an agreement with the number %(number)s already.",
        "same_person": "You entered this yourself. Another person compares it with the scan.",
        "same_end": "You asked for this end yourself. Another person confirms it.",
        "overlap": "%(number)s holds on the same days (%(first)s to %(last)s). Let this one follow it, or "
        "change the term.",
        "follows": "This follows an agreement of another institution, party or kind. Choose one of the same.",
        "later": "This begins before the agreement it follows. Choose a later first day.",
        "why": "Write why.",
        "ended_on": "Give a day of its term, from %(first)s to %(last)s.",
        "title": "There is a clause of this name already.",
        "indicator": "Choose an indicator.",
        "bound": "Give the bound.",
        "checker": "Name who checks it.",
        "own": "Nobody checks the own institution. Name somebody else.",
        "first": "Choose a period that has ended and lies in the term of the agreement.",
        "note": "Write what was found.",
        "signed": "The agreement is signed: its clauses stay as they are. Let another agreement follow it.",
        "broken": "Only a broken clause, or one at risk, leads to a task.",
    }
    fields = {
        "clauses": "", "same_person": "", "same_end": "", "overlap": "begins", "later": "begins",
        "own": "checker", "signed": "", "broken": "",
    }  # fmt: skip
