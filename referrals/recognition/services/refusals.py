"""Why an order, a decision, a result or a sheet is refused: a stable word, a sentence with its remedy."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class RecognitionRefused(Refused):
    """Something cannot be ordered, decided or stored; `field` names the form field, '' for all."""

    reasons = {
        "no_institution": "You stand for the whole alliance. Only a member of an institution can do this.",
        "item": "No recognisable item %(code)s holds on this day. Choose one from the register.",
        "external_number": "The order number %(number)s already belongs to another patient or examination.",
        "department": "This department does not belong to your institution.",
        "result": "This result was not shown for this order. Choose one of those shown.",
        "result_withdrawn": "The examining institution has withdrawn this result. Choose another or repeat.",
        "repeat_reason": "Choose one of the six reasons for repeating.",
        "repeat_text": "This reason needs a few words.",
        "note": "Say why in a few words: the trace shows it.",
        "too_early": "The time lies before that of the order.",
        "conclusion": "Write the conclusion of the report.",
        "number": "Write the report number of your house.",
        "taken_early": "The time of the examination cannot be right. Correct the year.",
        "taken_later": "The examination cannot have been made in the future.",
        "reported_before": "The report cannot be older than the examination.",
        "other_content": "The report %(number)s is already stored with another content. Withdraw it first.",
        "withdrawn": "This result is already withdrawn.",
        "from_date": "Another row of %(code)s already holds from %(day)s. Choose a later day.",
        "validity": "A result is valid for 1 to 3650 days.",
        "modality": "Choose how the examination is made from the list.",
    }
    fields = {
        "no_institution": "", "too_early": "", "result_withdrawn": "result", "repeat_reason": "reason",
        "repeat_text": "reason_text", "taken_early": "taken_at", "taken_later": "taken_at",
        "reported_before": "reported_at",
        "other_content": "number", "withdrawn": "", "validity": "validity_days",
    }  # fmt: skip
