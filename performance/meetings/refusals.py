"""What this room refuses."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class BodyRefused(Refused):
    """A body or a seat that cannot stand as it is."""

    reasons = {
        "document": "Name the decision it rests on.",
        "code": "A body with this code is there already. Choose another.",
        "due_day": "Say on which day (1 to 28) of the following month the meeting is due.",
        "name": "Give the person's name and organisation.",
        "until": "The last day is before the first.",
        "overlap": "%(name)s sits in this body on some of these days already. End that term first.",
        "chair": "The body has a chair on some of these days already. End that term first.",
        "ended": "This term has ended already.",
        "ended_on": "The day is outside the term.",
        "reason": "Say why the term ends.",
    }
    fields = {"overlap": "membership", "chair": "function", "ended": ""}


class MeetingRefused(Refused):
    """A step of a meeting that cannot be taken as things stand."""

    reasons = {
        "nobody": "Nobody sits in the body on that day. Enter its members first.",
        "future": "The meeting has not begun yet. Record who came when it has.",
        "unheld": "Record who came first: only who is recorded as present votes.",
        "voted": "%(names)s voted in this meeting: who voted came. Leave the entry as present, or withdraw "
        "the resolution first while its vote is open.",
        "quorum": "%(have)d of %(of)d members came; %(need)d are needed for a decision. The meeting decides "
        "nothing: discuss, or call another one.",
        "text": "Write the resolution.",
        "owner": "Say who does it and until when, or neither.",
        "due_on": "The day is before today.",
        "decided": "Put every resolution to the vote, or take it out, before signing: %(n)d left.",
        "voting": "Still in vote: %(n)d left. When the vote has ended, renew the minutes, then sign.",
        "outdated": "The minutes say something else than the meeting now. Renew the minutes, then sign.",
        "no_minutes": "Write the minutes first.",
        "not_signer": "Chair and secretary who sat on the day of the meeting sign, each once, two people.",
        "unsigned": "A corrigendum corrects signed minutes. These are not signed: write them anew instead.",
        "why": "Say why the signed minutes are corrected.",
        "unchanged": "Nothing differs from version %(n)d. Change the text that is wrong, then keep it.",
        "past": "Begins: the day lies before today (%(today)s). Plan the meeting for today or later; what a "
        "body decided on an earlier day is entered at its approval, with the document.",
        "title": "Give it a title.",
        "place": "Say where it takes place.",
        "reason": "Say why it does not take place.",
        "closed": "The agenda is closed: the minutes are signed, or the meeting was cancelled.",
        "used": "A resolution rests on this point.",
    }
    fields = {
        "nobody": "", "future": "", "quorum": "", "unheld": "", "voted": "",
        "decided": "", "voting": "", "outdated": "",
        "no_minutes": "", "not_signer": "",
        "past": "begins_at", "unsigned": "", "why": "reason", "unchanged": "", "closed": "", "used": "",
    }  # fmt: skip


class TaskRefused(Refused):
    """A task that cannot be given, answered or checked."""

    reasons = {
        "title": "Say what is to be done.",
        "owner": "Say who does it: a member, or an institution.",
        "due_on": "The day is before today.",
        "department": "The department belongs to another institution.",
        "text": "Say what was done.",
        "reason": "Say why.",
        "same_person": "Who answered a task does not check it. Another person does.",
    }
    fields = {"same_person": ""}


class ReviewRefused(Refused):
    """A draw, an opinion or an entry that cannot stand."""

    reasons = {
        "closed": "The minutes are signed, or the meeting was cancelled: nothing is reviewed any more.",
        "drawn": "The cases of this meeting are drawn already.",
        "none": "The month has no discharge to draw from.",
        "text": "Write what is questionable.",
        "said": "You have said your opinion of this case.",
        "evidence": "Write what shows it: a document, a system, a date.",
    }
    fields = {"closed": "", "drawn": "", "none": "", "said": ""}
