"""Why something of mutual confirmation is refused: a stable word, a sentence with its remedy, its field."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class ConfirmationRefused(Refused):
    """A month cannot be opened, a line not confirmed or settled as asked; `field` names the form field."""

    reasons = {
        "not_over": "%(month)s has not ended. Its records are confirmed once it is over.",
        "opened": "The confirmation of %(month)s is open already.",
        "not_open": "The confirmation of %(month)s is not open.",
        "partner": "Choose another institution that reports for itself: nobody confirms with oneself.",
        "kind": "Choose what is counted from the list.",
        "own_count": "Enter your own count, 0 where you have none.",
        "own_units": "This kind has no minutes or half days: leave the field empty.",
        "same": "Your figures are those of the records. Confirm the line, or name the record that is wrong.",
        "reason": "Choose a reason from the list.",
        "text": "Say in a few words what is different, with numbers or days: the other side looks for it.",
        "records": "One of the records is no longer behind this line. Look again.",
        "answer": "Choose whether the records are corrected or stand.",
        "early": "The two sides have until %(due)s. Only after that the office decides.",
        "settled_count": "Enter the count that holds from now on.",
        "exists": "This line exists already: object on its own page.",
        "closed": "Agreed or decided, and answers were due until the end of %(due)s. "
        "Ask the alliance's office to open the line again.",
        "not_closed": "This line is not closed: both sides may still speak about it.",
        "why": "Say why the line is opened again: both sides read it.",
    }
    fields = {
        "not_over": "month", "opened": "month", "not_open": "", "settled_count": "count", "same": "own_count",
        "records": "record_ids", "early": "", "exists": "", "closed": "", "not_closed": "",
    }  # fmt: skip
