"""Why a step of an appeal is refused: a stable word, a sentence with its remedy, its field."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError

from alliance.lib.refusal import Refused


class AppealRefused(Refused):
    """An appeal that cannot be filed, assigned, decided or posted as asked."""

    reasons = {
        "lines": "Name at least one number the appeal is about: open it from the line of that number.",
        "month": "All numbers of one appeal belong to one month. File one appeal for each month.",
        "early": "%(month)s is not decided yet. Say it in its review; an appeal follows a decision.",
        "closed": "Appeals about %(month)s ended %(until)s. Of an error in the data, tell the performance "
        "office.",
        "closed_deduction": "Appeals about this deduction ended %(until)s: their time runs from its "
        "decision.",
        "open": "There is an open appeal about this number already: number %(appeal)s. Add to that one.",
        "decided": "This appeal is decided. Nothing is added to it any more.",
        "nothing_added": "Write something, attach evidence, or choose a further number.",
        "same_lines": "A second instance is about the numbers of the first one. Add words or evidence.",
        "handler_involved": "%(name)s, who examines this appeal, is involved in that number. File an appeal "
        "of its own about it.",
        "text": "Say what is wrong and why.",
        "disputed": "The amount in question is above zero and at most what there is to give, %(most)s yuan.",
        "handler": "%(name)s is involved in this number or may not decide appeals. Choose somebody else.",
        "nobody": "Nobody uninvolved is left, not even in another institution. Give somebody the right.",
        "answer": "Answer in a few words: what was examined and what came of it.",
        "pot": "%(place)s has not posted its plan yet, or has written another one. Correct the line once it "
        "is in the books, or let the plan be taken back.",
        "points": "Give points from 0 on for the line of %(name)s.",
        "value": "The corrected value of an indicator is a number.",
        "value_below": "%(name)s: %(value)s is below 0, which by its definition it cannot be.",
        "value_above": "%(name)s: %(value)s is above %(most)s, the whole it is a share of.",
        "strange": "A line of pay is corrected that this appeal is not about.",
        "same": "Nothing is another number by this. Correct a number, or say from which month it changes.",
        "fact": "%(name)s is a number from 0 on.",
        "give_back": "At most what is left of the deduction is lifted, %(most)s yuan.",
        "charging": "This deduction is on its way into the books. Let that be agreed or discarded first.",
        "not_frozen": "The numbers of this month were not kept with it; correct the lines of pay instead.",
        "blocked": "With these numbers the scheme would block the month. Nothing can be shared anew.",
        "short": "%(pool)s: its source account holds %(balance)s yuan, this takes %(fen)s yuan. Feed it "
        "first, or let the difference be divided anew among all who share it.",
        "case_same": "The case would stand as it does already. Say what is different about it.",
        "case_codes": "%(codes)s: not in the dictionary of the grouping scheme of that day. Look the code up "
        "and write it as the insurance edition has it.",
        "case_principal": "Write at least the principal diagnosis.",
        "case_group": "%(group)s is no group of the scheme of that day. Look it up in the interpreter.",
        "case_scheme": "No grouping scheme was in force on the day this case was discharged.",
        "bearer": "Say who bears the difference.",
        "red_line": "%(institution)s would be %(over)s yuan above its approved pay total of %(year)d. "
        "Let the pot be divided anew, or raise the total first.",
        "changed": "Pots or shares of the month have moved since this was worked out. Decline it, and let it "
        "be worked out anew.",
        "involved": "You are involved in a number this appeal is about. Somebody uninvolved agrees to it.",
        "lowers": "Whoever appealed would get %(yuan)s yuan less by this. Look at the points; if it is "
        "meant, confirm it.",
        "more": "This gives %(yuan)s yuan, more than the %(asked)s yuan that were asked for. Write why.",
        "involved_since": "You are involved in this appeal by now: who has posted, submitted or written the "
        "pot of a line does not decide about it. The performance office gives it to somebody else; what you "
        "typed is kept.",
        "open_one": "There is an open appeal about this number already. Add to that one.",
        "moved": "A number of it no longer counts: its plan was written anew or taken back. Open it anew "
        "from its line.",
        "no_line": "%(name)s has no line in the plan of %(place)s that stands now. While a plan is written "
        "anew, ask again once it is shown; where it leaves %(name)s out, object to it in the department.",
        "unposted": "A line of pay is corrected once its pot is in the books, and that has changed "
        "meanwhile. Look again.",
        "second_agrees": "A second person who is not involved agrees first.",
        "second_late": "A second instance is asked for until %(until)s.",
        "second": "Only who filed the first instance asks for a second one, once, after an answer.",
    }
    fields = dict.fromkeys(
        (
            "decided", "nothing_added", "same_lines", "handler_involved", "lines", "month", "early",
            "closed", "closed_deduction", "open", "same", "not_frozen", "changed", "blocked", "involved",
            "value", "strange",
            "second", "second_late", "pot", "points", "fact", "give_back", "charging",
            "involved_since", "open_one", "moved", "unposted", "no_line", "second_agrees", "case_scheme",
        ), "",
    ) | {
        "nobody": "handler", "red_line": "bearer", "short": "bearer", "lowers": "lowers", "more": "more_why",
    }  # fmt: skip

    @property
    def field(self) -> str:
        """The field; of one value among many the one it was typed in."""
        return str(self.params.get("field") or super().field)


# What the database refuses of appeals (performance.appeals.sql, constraints), by words of its message.
SAID = {
    "a second person agrees before an appeal is corrected": "second_agrees",
    "somebody involved does not decide": "involved_since", "appeal_by_others": "involved_since",
    "there is an open appeal about this number": "open_one",
    "the number does not belong to the month": "moved",
    "an appeal that is examined takes no further line": "decided",
    "an appeal keeps what was filed": "decided",
    "a correction is made while its appeal is examined": "decided",
    "adds to it until it is decided": "decided", "evidence comes until": "decided",
    "a line of pay is corrected once it is in the books": "unposted",
    "appeal_second_once": "second",
}  # fmt: skip


@contextmanager
def in_words() -> Iterator[None]:
    """Round a deed (outside its transaction): what the database refuses becomes an AppealRefused; an error of
    our own, such as entries that do not add up, stays what it is.
    """
    try:
        yield
    except IntegrityError as error:
        reason = next((reason for part, reason in SAID.items() if part in str(error)), None)
        if reason is None:
            raise
        raise AppealRefused(reason) from error
