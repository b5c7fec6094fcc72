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
        "amount": "Enter the amount of the award first: from %(low)s to %(high)s yuan.",
        "no_award": "The amount of this proposal follows from its figures.",
        "drafted": "The draft is made already. Go on in the drafting room.",
        "dimension": "The scheme in force has no DRG dimension. Begin from the ready template of teams.",
        "kind": "Choose an interview or other resources.",
        "measure": "Say what the institution is asked to do, or which resources change.",
        "not_listed": "The institution is not on the list of the newest decided month.",
        "asked": "This was asked for already with the figures of this month. Open that proposal.",
        "stale": "The figures changed while you read. Look again: nothing of yours was stored.",
    }
    fields = {"band": "percent", "same": "percent", "none": "", "stale": "", "drafted": "", "dimension": "",
              "amount": "fen", "no_award": "", "not_listed": "", "asked": ""}  # fmt: skip

    @property
    def field(self) -> str:
        """The form field the refusal belongs to; "" when it concerns the whole."""
        return self.fields.get(self.reason, self.reason)


class YearRefused(Refused):
    """A year that cannot be closed as asked."""

    reasons = {
        "early": "The year %(year)s is not over.",
        "nothing": "No month of %(year)s is decided, so there is nothing to close.",
        "decided": "The year %(year)s is decided and published; it stays.",
        "voting": "The year %(year)s waits for the vote. Let it be decided or withdraw it first.",
    }

    @property
    def field(self) -> str:
        """The form field the refusal belongs to."""
        return "year"


class InterviewRefused(Refused):
    """Minutes or a figure that cannot stand."""

    reasons = {
        "minutes": "Write down what was agreed.",
        "day": "An interview that was held lies not in the future.",
        "target": "Give a score above 0 and up to 100.",
        "closing": "It is closed when %(target)s is reached.",
    }
    fields = {"day": "held_on"}

    @property
    def field(self) -> str:
        """The form field the refusal belongs to."""
        return self.fields.get(self.reason, self.reason)


class EarlierRefused(Refused):
    """A decision on an earlier year that cannot be entered or checked as asked."""

    reasons = {
        "not_over": "The year %(year)s is not over.",
        "own": "The year %(year)s was closed and decided here; its own result counts.",
        "day": "A decision on %(year)s was taken between December of that year and today.",
        "body": "Name the body that decided.",
        "document": "Give the number of the document.",
        "scan": "Add the scan of the document.",
        "nothing": "Enter the score and the grade of one institution at least.",
        "score": "A score lies between 0 and 100: %(institution)s.",
        "waits": "An entry of %(year)s waits for its second person already. Let it be checked first.",
        "same_person": "This takes two different people; ask a colleague.",
        "why": "Say what does not agree.",
    }
    fields = {"not_over": "year", "own": "year", "day": "decided_on", "nothing": "", "score": "",
              "waits": "year", "same_person": ""}  # fmt: skip
