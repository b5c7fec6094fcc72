"""Why something of training is refused: a stable word, a sentence with its remedy, its field."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class TrainingRefused(Refused):
    """A session, an attendance or a payment cannot be stored as asked; `field` names the form field."""

    reasons = {
        "no_institution": "You stand for the whole alliance. Only a member of an institution can do this.",
        "ends_at": "A session ends after it begins, within %(most)d hours.",
        "closed": "This session is %(state)s: its list stays as it is. Void a wrong line instead.",
        "nobody": "Enter who took part first.",
        "future": "The session has not ended yet.",
        "staff": "This person does not work at your institution, or no longer does.",
        "minutes": "Minutes are between 1 and %(most)d, the length of the session.",
        "points": "Points are between 0 and 100, and only for a session with an examination.",
        "way": "This session took place %(mode)s only.",
        "twice": "%(name)s already stands on the list.",
        "why": "Say why in a few words.",
        "fen": "Enter an amount of more than 0 yuan.",
        "voucher": "The voucher %(voucher)s is already entered.",
        "day": "The day lies in the future.",
        "same_person": "Another person than the one who entered it confirms a payment.",
        "columns": "The sheet needs the columns staff number and minutes (工号, 分钟); way and points "
        "(方式, 成绩) are optional.",
        "too_many": "A sheet holds at most %(limit)d lines.",
        "line_staff": "Line %(line)d: nobody with the staff number “%(code)s” works at your institution.",
        "line_number": "Line %(line)d: “%(text)s” is no whole number.",
        "line_way": "Line %(line)d: write on site (现场) or online (线上), not “%(text)s”.",
        "line": "Line %(line)d: %(sentence)s",
    }
    fields = {
        "no_institution": "", "closed": "", "nobody": "", "future": "", "twice": "staff", "same_person": "",
        "columns": "sheet", "too_many": "sheet", "line_staff": "sheet", "line_number": "sheet",
        "line_way": "sheet", "line": "sheet",
    }  # fmt: skip
