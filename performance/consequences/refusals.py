"""What this room refuses: one sentence each, with a remedy, translated where it is shown."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class LetterRefused(Refused):
    """A letter or its template that cannot be made, signed or assessed as asked."""

    reasons = {
        "there": "%(institution)s has a letter of %(year)s already. Work on that one.",
        "template": "No template of %(year)s fits %(institution)s. Enter one for its kind.",
        "template_there": "This template has a version of %(year)s already. Take a later year.",
        "name": "Type the full name of your institution, %(institution)s, to sign.",
        "representative": "Name the legal representative who signs.",
        "changed": "The letter changed after it was offered. Read it again before you sign.",
        "document": "Give the number of the signed paper.",
        "scan": "Add the scan of the signed paper.",
        "same_person": "This takes two different people; ask a colleague.",
        "why": "Say why in a few words.",
        "early": "The year %(year)s is not over. It is assessed from %(day)s on.",
        "asks": "Not known yet: %(names)s. Deliver the values, or say why it is assessed without them.",
    }
    fields = {"there": "institution", "template": "institution", "template_there": "from_year",
              "asks": "left_out", "representative": "signed_name", "changed": "", "same_person": "",
              "early": ""}  # fmt: skip

    @property
    def field(self) -> str:
        """The form field the refusal belongs to; "" when it concerns the whole."""
        return self.fields.get(self.reason, self.reason)


class ConsequenceRefused(Refused):
    """A proposal that cannot be put to the vote or reduced as asked."""

    reasons = {
        "why": "Say why it is reduced.",
        "band": "A deduction lies between %(low)s and %(found)s %%.",
        "same": "It is %(found)s %% already. Reduce it below that, or put it to the vote as it is.",
        "none": "There is no percentage to reduce.",
        "stale": "The figures changed while you read. Look again: nothing of yours was stored.",
    }
    fields = {"band": "percent", "same": "percent", "none": "", "stale": ""}

    @property
    def field(self) -> str:
        """The form field the refusal belongs to; "" when it concerns the whole."""
        return self.fields.get(self.reason, self.reason)
