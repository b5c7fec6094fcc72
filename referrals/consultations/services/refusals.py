"""Why a consultation is refused: a stable word, a sentence with its remedy, and the field it belongs to."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class ConsultationRefused(Refused):
    """A consultation cannot be asked, changed or moved as wanted; `field` names the form field, or is ''."""

    reasons = {
        "no_institution": "You stand for the whole alliance. Only a member of an institution can do this.",
        "kind": "Choose what you ask for from the list.",
        "urgency": "Choose ordinary, urgent or critical.",
        "same_place": "The question goes to another institution, not to your own.",
        "target": "This institution does not answer such questions. Choose another one.",
        "centre": "No shared centre there serves this kind. Choose a centre from the list.",
        "department": "This department does not belong to the institution chosen.",
        "question": "Write what you want to know.",
        "diagnosis_name": "Write the preliminary diagnosis.",
        "diagnosis_code": "Write the diagnosis code as in I50.900.",
        "examination": "Write which examination or test it is.",
        "examined_at": "The time of the examination cannot be right. Correct the year.",
        "consent": "Without the patient's agreement only an emergency can be asked about.",
        "doctor": "This doctor does not work at the answering institution.",
        "missing": "Say what is missing: the asking doctor reads it.",
        "decline_reason": "Choose a reason for saying no from the list.",
        "decline_text": "This reason needs a few words for the asking doctor.",
        "conclusion": "Write the conclusion.",
        "outcome": "Choose an outcome from the list.",
        "outcome_text": "This outcome needs a few words.",
        "verdict": "Choose whether they agree.",
        "verdict_text": "Say in a few words what differs, or what the final proof was.",
        "no_impression": "No own impression was written, so there is nothing to compare.",
        "judged": "This comparison is already recorded and stays as it is.",
        "not_answered": "There is no answer yet to compare with.",
        "note": "Say why in a few words: the other side reads it.",
        "finished": "This consultation is %(state)s: its content stays as it is.",
        "too_early": "The time lies before that of the step before it.",
        "fee": "A fee is more than nothing.",
        "fee_day": "Another fee of this kind already holds from %(day)s. Choose a later day.",
        "other_patient": "This referral belongs to another patient.",
        "linked": "This step already belongs to a line.",
        "line_closed": "This line is completed: nothing can be added.",
        "plan": "Write the plan of rehabilitation.",
        "rehabilitated": "Rehabilitation of this line has already begun.",
        "not_rehabilitating": "No rehabilitation is under way.",
        "rehabilitation_result": "Write the result of rehabilitation.",
        "closing": "Write how it ended.",
        "centre_kind": "Only a department of medical technology can serve others as a centre.",
        "centre_serves": "Choose at least one kind that the centre serves.",
    }
    fields = {
        "no_institution": "", "same_place": "target", "centre": "target", "department": "target",
        "doctor": "assigned_to", "no_impression": "verdict", "judged": "", "not_answered": "", "finished": "",
        "too_early": "", "fee": "yuan", "fee_day": "from_date", "other_patient": "referral", "linked": "",
        "line_closed": "", "rehabilitated": "", "not_rehabilitating": "", "rehabilitation_result": "result",
        "centre_kind": "department", "centre_serves": "kinds",
    }  # fmt: skip
