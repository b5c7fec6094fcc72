"""What this room refuses: one sentence each, with a remedy, translated where it is shown."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class SheetRefused(Refused):
    """An entitlement sheet that cannot stand, be confirmed or be paid as asked."""

    reasons = {
        "document": "Give the number of the decision.",
        "body": "Name the body that decided.",
        "scan": "Add the scan of the decision.",
        "same": "This decision has a sheet of this kind and month already, number %(number)s. Set that one "
        "aside first, or give the number of the decision that adds to it.",
        "person_again": "%(person)s has an award of this kind and month already, in sheet %(number)s.",
        "persons": "An award of persons is paid on to persons.",
        "faster": "Somebody else entered a sheet of this kind and month just now. Look at the list, then "
        "enter yours again.",
        "same_person": "This takes two different people; ask a colleague.",
        "decided": "The sheet is decided already.",
        "why": "Say why in a few words.",
        "not_confirmed": "A second person confirms the sheet first; then a pool can pay it.",
        "paid": "A pool pays this sheet already. Work on that one.",
    }
    fields = {
        "same_person": "", "decided": "", "not_confirmed": "", "paid": "", "same": "document", "faster": "",
        "person_again": "people",
    }  # fmt: skip
