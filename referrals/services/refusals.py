"""Why a referral is refused: a stable word, a sentence with its remedy, and the field it belongs to."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class ReferralRefused(Refused):
    """A referral cannot be logged, changed or moved as asked; `field` names the form field, '' for all."""

    reasons = {
        "live": "This patient already has an unfinished referral in this direction: "
        "%(number)s of %(institution)s. Finish or cancel that one first.",
        "no_institution": "You stand for the whole alliance. Only a member of an institution can do this.",
        "same_place": "Origin and target are the same institution.",
        "target": "This institution does not receive patients in this direction.",
        "department": "This department does not belong to the institution chosen.",
        "direction": "A referral goes up or down.",
        "urgency": "Choose ordinary, urgent or critical.",
        "transport": "This means of transport is not in the list.",
        "reason": "Choose a reason from the list.",
        "reason_text": "This reason needs a few words.",
        "diagnosis_name": "Write the preliminary diagnosis.",
        "diagnosis_code": "Write the diagnosis code as in I50.900.",
        "summary": "Write history and findings, at least in a few words.",
        "consent": "Without the patient's agreement only an emergency can be referred.",
        "emergency": "An emergency cannot be declined: accept it and telephone.",
        "decline_reason": "Choose a reason for declining from the list.",
        "decline_text": "This reason for declining needs a few words.",
        "reply": "Write a reply to the sender: diagnosis, treatment, advice.",
        "note": "Say why in a few words: the other side reads it.",
        "finished": "This referral is %(state)s: its content stays as it is.",
        "explanation": "Write at least ten characters: why the rate lies outside its band.",
        "not_required": "The rate lies inside its band: nothing has to be explained.",
        "month_running": "%(month)s is not over yet: its rate still changes. Explain it after its last day.",
        "visits": "Write how many visits the month had: a whole number, 0 included.",
        "visits_month": "%(month)s is not over yet. Deliver its visits after its last day.",
        "visits_place": "Visits are delivered by primary institutions: townships, community centres, "
        "village rooms.",
        "captured_gone": "This stay is no open down-referral of the month any more.",
        "captured_decided": "This stay has been decided already.",
        "verdict": "Choose whether it was a down-referral.",
        "suspected": "Choose what is suspected.",
        "onset": "The time of onset lies within the last seven days.",
        "agreed_by": "Write who agreed for the other hospital: telephone first.",
        "divert_target": "Choose another hospital of the alliance, or write the name of one outside it.",
        "form_done": "The form of this emergency is already complete.",
        "outside_name": "Write the name of the place outside the alliance.",
        "insurance": "This insurance is not in the list.",
        "consent_by": "Choose who gave the consent.",
        "no_slot": "On %(day)s all %(slots)s appointments of this department are given. Choose another day.",
        "filing_no": "Write the insurer's number of the filing.",
        "planned_past": "The appointment lies in the past. Give a later day or hour.",
        "planned_far": "The appointment lies more than a year ahead. Give a day up to %(last)s.",
        "expected_at": "The expected arrival lies between %(first)s and %(last)s. Correct the date, or leave "
        "it empty.",
        "question": "Say what is missing: the sender reads it.",
        "ended_on": "The last day of treatment lies between the arrival and today.",
        "seen_at": "The follow-up lies between the referral and now.",
        "seen_by": "Write who saw the patient.",
        "way": "Choose how the patient was seen.",
        "task": "Say for each of the three tasks: done, not needed, or a problem.",
        "condition": "Say how the patient is.",
        "visit_note": "A problem needs a few words.",
        "too_early": "The time lies before that of the step before it.",
    }
    fields = {
        "live": "", "no_institution": "", "same_place": "target", "target": "target", "department": "target",
        "emergency": "", "finished": "", "too_early": "", "planned_past": "planned_at",
        "planned_far": "planned_at", "no_slot": "planned_at", "onset": "onset", "divert_target": "to",
        "form_done": "", "explanation": "text", "not_required": "text",
        "month_running": "text", "visits_month": "visits", "visits_place": "visits",
        "task": "rehabilitation", "visit_note": "note",
    }  # fmt: skip
