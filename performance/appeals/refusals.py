"""Why a step of an appeal is refused: a stable word, a sentence with its remedy, its field."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class AppealRefused(Refused):
    """An appeal that cannot be filed, assigned, decided or posted as asked."""

    reasons = {
        "lines": "Name at least one number the appeal is about: open it from the line of that number.",
        "month": "All numbers of one appeal belong to one month. File one appeal for each month.",
        "early": "%(month)s is not decided yet. Say it in its review; an appeal follows a decision.",
        "closed": "Appeals about %(month)s ended %(until)s. Against an answer, ask for a second instance; "
        "of an error in the data, tell the performance office.",
        "open": "There is an open appeal about this number already: number %(appeal)s. Add to that one.",
        "decided": "This appeal is decided. Nothing is added to it any more.",
        "nothing_added": "Write something, attach evidence, or choose a further number.",
        "same_lines": "A second instance is about the numbers of the first one. Add words or evidence.",
        "handler_involved": "%(name)s, who examines this appeal, is involved in that number. File an appeal "
        "of its own about it.",
        "text": "Say what is wrong and why.",
        "disputed": "The disputed amount is above zero and at most the line, %(most)s yuan.",
        "handler": "%(name)s is involved in this number or may not decide appeals. Choose somebody else.",
        "nobody": "Nobody uninvolved is left, not even in another institution. Give somebody the right.",
        "answer": "Answer in a few words: what was examined and what came of it.",
        "pot": "%(place)s has not posted its plan yet, or has written another one. Correct the line once it "
        "is in the books, or let the plan be taken back.",
        "points": "Give points from 0 on for the line of %(name)s.",
        "value": "The corrected value of an indicator is a number.",
        "strange": "A line of pay is corrected that this appeal is not about.",
        "same": "Nothing is another number by this. Correct a number, or say from which month it changes.",
        "fact": "%(name)s is a number from 0 on.",
        "give_back": "At most the deduction itself is given back, %(most)s yuan.",
        "not_frozen": "The numbers of this month were not kept with it; correct the lines of pay instead.",
        "blocked": "With these numbers the scheme would block the month. Nothing can be shared anew.",
        "bearer": "Say who bears the difference.",
        "red_line": "%(institution)s would be %(over)s yuan above its approved pay total of %(year)d. "
        "Let the pot be divided anew, or raise the total first.",
        "changed": "Pots or shares of the month have moved since this was worked out. Decline it, and let it "
        "be worked out anew.",
        "involved": "You are involved in a number this appeal is about. Somebody uninvolved agrees to it.",
        "second_late": "A second instance is asked for until %(until)s.",
        "second": "Only who filed the first instance asks for a second one, once, after an answer.",
    }
    fields = dict.fromkeys(
        (
            "decided", "nothing_added", "same_lines", "handler_involved", "lines", "month", "early",
            "closed", "open", "same", "not_frozen", "changed", "blocked", "involved", "value", "strange",
            "second", "second_late", "pot", "points", "fact", "give_back",
        ), "",
    ) | {"nobody": "handler", "red_line": "bearer"}  # fmt: skip
