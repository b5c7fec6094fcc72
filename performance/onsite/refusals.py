"""What on-site assessment refuses, with the remedy."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class OnsiteRefused(Refused):
    """A plan, an answer or a signature that cannot stand."""

    reasons = {
        "not_published": "Visits are planned with a published checklist. Publish it first.",
        "kind": "“%(checklist)s” is not made for this kind of institution. Choose another checklist.",
        "not_yet": "This version holds from %(day)s. Choose a later day or an earlier version.",
        "not_quarter": "The visit lies before its quarter begins. Choose the quarter or a later day.",
        "lead": "Choose one inspector who leads.",
        "nobody": "Choose at least one inspector.",
        "inspector": "%(name)s has no role that inspects.",
        "own_institution": "%(name)s belongs to the inspected institution: nobody inspects the own one.",
        "there": "This institution has a visit with this checklist in %(quarter)s already.",
        "no_charts": "No discharge of %(quarter)s has been delivered, so no chart can be drawn. Publish its"
        " case files first, or choose another quarter.",
        "no_rooms": "The institution has no department from which rooms could be drawn.",
        "no_residents": "List the record numbers from which residents are drawn, one a line, at least"
        " %(least)d.",
        "resident": "“%(text)s” is no record number: 3 to 30 letters, digits, hyphens, never an ID number.",
        "not_open": "The visit is not under way: nothing is taken any more. What stands on the device stays"
        " there; ask the lead or the office.",
        "outcome": "%(item)s: choose met, deduction or does not apply.",
        "key": "The same key came with other content. Reload the page and answer again.",
        "settle": "%(item)s was answered differently by two inspectors: the lead decides.",
        "photos": "At most %(most)d photos an item.",
        "file_large": "The photo has more than %(mib)d MiB. Take it with a lower resolution.",
        "name": "Write the name of who signs.",
        "image": "Sign in the field, or add a photo of the signed sheet.",
        "witness": "A refusal is recorded with its reason and the name of a witness.",
        "nothing": "There is nothing to sign yet: answer items first.",
        "not_lead": "Only the lead finishes the visit.",
        "waits": "%(n)d items are not answered yet: %(items)s.",
        "conflict": "%(items)s: two inspectors answered differently; the lead decides first.",
        "unsigned": "%(items)s changed after it was signed, or was not signed by both sides. Show it and let"
        " it be signed again.",
        "due": "The day until which it is put right lies after today.",
        "late": "Statements were possible until %(day)s.",
        "text": "Write what you state.",
        "answer": "Write the answer to the statement.",
        "answered": "This statement is answered already.",
        "own_case": "Who inspected does not decide about the statement. Ask somebody else of the office.",
        "restored": "Between 0 and the %(most)s points that were taken.",
        "given": "Points were given back for this item already.",
        "said": "Write what was put right.",
        "found": "Write what the re-check found.",
        "draft": "There is a draft of this checklist already. Edit it, or publish it.",
        "frozen": "A published checklist never changes. Make the next version of it.",
        "why": "Say why in a few words.",
        "withdrawn": "This photo is withdrawn already.",
        "item_code": "The code %(code)s stands in this checklist already.",
    }
    fields = {
        "not_published": "checklist", "kind": "checklist", "not_yet": "planned_on", "nobody": "inspectors",
        "not_quarter": "planned_on", "inspector": "inspectors", "own_institution": "inspectors",
        "there": "quarter", "no_charts": "quarter", "no_rooms": "institution", "no_residents": "residents",
        "resident": "residents", "own_case": "", "due": "due_on", "item_code": "code", "frozen": "",
        "draft": "", "given": "restored", "answered": "", "late": "", "withdrawn": "",
    }  # fmt: skip
