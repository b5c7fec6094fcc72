"""Why a declared value is refused: a stable word, a sentence with its remedy, its field."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class DeclaredRefused(Refused):
    """A value cannot be stored or moved as asked; `field` names the form field."""

    reasons = {
        "fact": "“%(fact)s” is no fact that is declared or imported. Take a key of the dictionary.",
        "own": "“%(fact)s” is counted from the alliance's own records and is not entered by hand.",
        "office": "“%(fact)s” says what others found. The alliance's office enters it, not the institution.",
        "level": "“%(fact)s” is not known for this level. The dictionary says: %(levels)s.",
        "place": "Name exactly the place that the level asks for, of this institution.",
        "village": "%(place)s reports through its township: declare it there.",
        "span": "“%(fact)s” is delivered %(often)s. Choose a period of this kind.",
        "future": "%(span)s has not ended yet. A value is declared when its period is over.",
        "above": "A part is larger than its whole: %(part)s of %(whole)s. Correct the wrong one of the two.",
        "of_nothing": "%(part)s stands over %(whole)s. Correct the wrong one of the two.",
        "nothing": "Nothing is entered. An empty field is missing; write 0 where there was none.",
        "responsible": "Name the person who answers for the number.",
        "open": "A value of %(span)s is on its way: revision %(revision)d, %(state)s. Work on that one.",
        "same": "The confirmed value is the same. Nothing needs to be corrected.",
        "note": "%(span)s has a confirmed value. Say in the note why it is corrected.",
        "proof": "“%(fact)s” is declared with evidence. Add the file that proves it: %(evidence)s.",
        "sealed": "It is submitted. A second person sends it back before it can be changed.",
        "same_person": "This takes two different people; ask a colleague.",
        "why": "Say why in a few words.",
        "file_large": "“%(name)s” has more than %(mib)d MiB. Scan it smaller.",
        "files": "At most %(most)d files prove one value.",
        "no_values": "No confirmed value counts in this month yet, so there is nothing to draw from.",
        "checked": "It is checked already.",
        "remark": "The found value differs. Say in a few words what the evidence shows.",
        "answer": "Say what was put right.",
        "committee": "A veto is decided by a body. Choose a chain with a step of the committee.",
        "vetoed": "A veto of this institution and month is proposed or in force already.",
        "unsigned": "The visit is not signed yet. A veto rests on what both sides had before their eyes.",
        "veto_month": "Choose a month of the visit's quarter.",
        "unconfirmed": "Two people confirm the clue as falsification first.",
        "lines": "The sheet has more than %(most)d lines. Cut it into parts.",
        "unknown_place": "“%(place)s” is no institution you declare for. Write its code.",
        "twice": "This number stands twice in the sheet. Keep one of the lines.",
        "none": "“%(indicator)s” is no indicator with a number from outside. Choose one of the list.",
        "watched": "“%(indicator)s” is watched already.",
        "ended": "It is no longer watched.",
        "unit": "“%(fact)s” counts in %(unit)s, not in %(given)s.",
    }
    fields = {
        "no_values": "", "checked": "", "vetoed": "", "lines": "file", "unknown_place": "institution",
        "twice": "", "none": "indicator", "watched": "indicator", "ended": "", "open": "", "same": "",
        "nothing": "", "sealed": "", "same_person": "", "span": "period", "future": "period",
        "proof": "files", "file_large": "files", "own": "fact", "office": "fact", "above": "value",
        "of_nothing": "value", "village": "institution", "unsigned": "", "veto_month": "month",
        "unconfirmed": "", "committee": "chain",
    }  # fmt: skip

    @property
    def field(self) -> str:
        """The form field the refusal belongs to; "" when it concerns the whole."""
        return self.fields.get(self.reason, self.reason)
