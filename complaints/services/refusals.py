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
        "sent_over": "This form was taken as %(number)s, which is over by now. Send it once more: it is "
        "filed as a new complaint.",
        "key_known": "This key came before with other words, as %(number)s. Send it with a key of its own.",
        "order_future": "An order is received before it is delivered. Write when it was received.",
        "order_due": "The deadline of the order lies before its receipt.",
        "answer": "Write the answer: the person reads it.",
        "verdict": "Choose what was found.",
        "reason": "Say why in a few words: at least two letters that say something.",
        "not_open": "This complaint is %(state)s: this step is over.",
        "reopen_over": "It was closed more than %(days)s days ago. File a new one and name this number.",
        "same": "A complaint is not merged into itself.",
        "not_found": "There is no such complaint of this institution. Check the number.",
        "target_ended": "The other complaint is %(state)s. Merge into one that is under way.",
        "other_kind": "This one is about “%(this)s”, the other about “%(other)s”. What is one matter is of "
        "one kind: set the kind right first, or leave them apart.",
        "parted": "It was taken apart as a matter of its own on %(at)s. It is not merged again: answer it.",
        "top": "It already stands with the alliance office: there is no higher level.",
        "too_many_files": "At most %(most)s files. Leave some out.",
        "names_kept": "Without a name no PDF is taken, because it keeps who wrote it. Photograph the page or "
        "make a screenshot, and choose that.",
        "too_early": "The time lies before that of the step before it.",
        "word_link": "Only the person says this, by the private link.",
        "word_hotline": "An order is taken back by the hotline alone. The alliance office notes it.",
        "word_note": "Say who told it, how, when, and in what words.",
        "word_when": "The time lies in the future, or before what the person was asked about.",
        "box_step": "This report is already decided.",
        "said": "Write what the person is told.",
        "keeper_oneself": "Nobody proposes himself for the sealed box. Ask a colleague.",
        "keeper_role": "Only a member with the role of discipline inspection for the whole alliance keeps "
        "the box.",
        "keeper_waits": "This member keeps the box already, or a proposal waits.",
        "keeper_second": "Another keeper of the sealed box has to do this.",
        "keeper_paper": "The decision needs its number and its scan, entered and checked by two people whose "
        "sign-ins neither the proposer nor the proposed member made or reset.",
        "keeper_factor": "Sign in with the phone you had before the reset, or ask another keeper of the box.",
        "keeper_over": "It has taken effect, is over, or somebody has objected already.",
        "keeper_days": "The days for objections to the first keeper have no value of one or more. Decide it "
        "first, with the parameters.",
        "keeper_until": "The last day lies in the past.",
    }
    fields = {
        "anonymous": "name", "no_department": "department", "order_known": "order_number", "key_known": "key",
        "sent_before": "text", "sent_over": "", "order_future": "received_at", "order_due": "result_due_at",
        "answer": "text", "not_open": "", "reopen_over": "", "same": "number",
        "not_found": "number", "target_ended": "number", "other_kind": "number",
        "parted": "", "top": "", "too_many_files": "files",
        "names_kept": "files",
        "too_early": "", "word_link": "", "word_hotline": "", "word_note": "note", "word_when": "at",
        "box_step": "", "keeper_oneself": "", "keeper_role": "member",
        "keeper_waits": "member",
        "keeper_second": "", "keeper_paper": "", "keeper_factor": "", "keeper_over": "",
        "keeper_days": "", "keeper_until": "until",
    }  # fmt: skip
