"""Why a step about a clue is refused: a stable word, a sentence with its remedy, its field."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class FairnessRefused(Refused):
    """A look, an explanation or a decision that cannot stand."""

    reasons = {
        "future": "%(month)s has not ended yet. Look at it when it is over.",
        "early": "The institution may explain until %(due)s. Decide afterwards, or once it has explained.",
        "involved": "You belong to an institution this clue is about. Somebody uninvolved decides.",
        "same_person": "This takes two different people; ask a colleague.",
        "why": "Say why in a few words.",
        "measure": "This measure does not belong to this kind of clue.",
        "until": "An exception ends after today and at most %(months)d months from now.",
        "revoked": "It is revoked already.",
        "follows": "This measure is open for this clue already. Decide that one first.",
        "deducted": "A deduction for %(month)s is proposed or decided already. Choose another measure.",
        "not_held": "Only records that are left out now can be counted again.",
        "held": "This decision ends by another vote, not by a note.",
    }
    fields = {"why": "reason", "measure": "measure", "until": "until"}
