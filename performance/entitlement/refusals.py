"""What this room refuses: one sentence each, with a remedy, translated where it is shown."""

from __future__ import annotations

from performance.decided.deeds import REASONS, WHOLE, DecidedRefused


class SheetRefused(DecidedRefused):
    """An entitlement sheet that cannot stand, be confirmed or be paid as asked."""

    reasons = {
        **REASONS,
        "same": "This decision has a sheet of this kind and month already, number %(number)s. Set that one "
        "aside first, or give the number of the decision that adds to it.",
        "person_again": "%(person)s has an award of this kind and month already, in sheet %(number)s.",
        "persons": "An award of persons is paid on to persons.",
        "institutions": "The part of the institutions stays with them: it is not paid on to persons.",
        "account": "This part of the surplus is paid from the account “%(account)s”, which it was put into.",
        "owed": "%(team)s owes something else now than when this sheet was entered. Set the sheet aside and "
        "enter it again.",
        "carried": "This sheet pays nobody: what it says is taken from later dues.",
        "borne": "What is borne of an overspend is paid by no pool.",
        "faster": "Somebody else entered a sheet of this kind and month just now. Look at the list, then "
        "enter yours again.",
        "over": "The source accounts have %(held)s yuan free; with this sheet %(wanted)s yuan are confirmed "
        "to be paid of them. Feed an account first, or say why the sheet is confirmed all the same.",
        "not_confirmed": "A second person confirms the sheet first; then a pool can pay it.",
        "paid": "A pool pays this sheet already. Work on that one.",
    }
    fields = {
        **WHOLE,
        "over": "over_why",
        "not_confirmed": "", "paid": "", "same": "document", "faster": "",
        "person_again": "people", "institutions": "persons", "account": "fund", "borne": "",
        "owed": "", "carried": "",
    }  # fmt: skip
