"""What this room refuses."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class VerificationRefused(Refused):
    """A step of an opinion that cannot be taken as things stand."""

    reasons = {
        "outside": "An evaluator belongs to no institution of the alliance.",
        "records": "%(place)s has no case in %(month)s. Choose another month.",
        "there": "You have drawn a sample of %(place)s in %(month)s already.",
        "size": "Draw at least one record, at most %(most)d.",
        "note": "Write what was seen.",
        "open": "%(n)d records are not looked at yet.",
        "not_true": "%(n)d records differ or were not shown: the data are not wholly true.",
        "text": "Write the reasons.",
        "signed": "The opinion is signed and stays as it is.",
    }
    fields = {"outside": "", "records": "month", "there": "institution", "open": "", "not_true": "verdict",
              "signed": ""}  # fmt: skip
