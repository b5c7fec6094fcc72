"""What approvals and the ledger refuse: one class for each reason, each with a sentence for people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from alliance.lib.refusal import Refused
from alliance.models import Stale


class Refusal(Refused):
    """A refusal with one sentence of its own: `class X(Refusal, sentence="… %(name)s …")`."""

    def __init_subclass__(cls, sentence: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if sentence:
            cls.reasons = {cls.__name__: sentence}

    def __init__(self, **params: object) -> None:
        super().__init__(type(self).__name__, **params)


class ApprovalRefused(Refusal):
    """Something about an approval is not allowed."""


class ChainInvalid(
    ApprovalRefused, sentence=_("Chain %(chain)s, step %(step)s: %(field)s is wrong. Correct the chain.")
):
    """A chain's data break a rule of the format (alliance.approvals.steps)."""


class ChainUnknown(
    ApprovalRefused, sentence=_("No chain %(chain)s is in force on %(day)s. Enter one, or choose another.")
):
    """There is no chain of that code on that day."""


class KindUnknown(ApprovalRefused, sentence=_("Nothing of the kind %(kind)s can be approved.")):
    """No room has registered this kind (alliance.approvals.registry)."""


class AlreadyProposed(
    ApprovalRefused, sentence=_("%(subject)s already waits for approval. Decide or withdraw that one first.")
):
    """One object has one open approval of a kind."""


class TooFewDeciders(
    ApprovalRefused,
    sentence=_(
        "Step “%(step)s” needs %(needed)s persons who may decide; besides the proposer there are %(found)s."
    ),
):
    """The step could never pass: too few people hold its roles."""


class NotOpen(ApprovalRefused, sentence=_("%(subject)s is no longer open: its state is %(state)s.")):
    """The approval has been decided or withdrawn."""


class StepPassed(
    ApprovalRefused,
    sentence=_("Step %(seen)s has been decided meanwhile; the approval stands at step %(step)s."),
):
    """The page was older than the approval."""


class NotYours(
    ApprovalRefused, sentence=_("Step “%(step)s” is decided by others. The proposer never decides alone.")
):
    """The member holds no role of the step, or is the proposer where one person decides."""


class Involved(
    ApprovalRefused, sentence=_("You are involved in what is decided here. Somebody uninvolved decides it.")
):
    """Who is concerned by an object gives no verdict on it; recusing oneself is always open."""


class Absent(
    ApprovalRefused,
    sentence=_(
        "You are not recorded as present at the meeting that decides this. If you came, ask its secretary to "
        "correct who came; then vote."
    ),
):
    """A meeting's resolution is voted by who came."""


class PaperInvolved(
    ApprovalRefused,
    sentence=_(
        "You proposed this or are involved in it. Somebody uninvolved enters and checks the document."
    ),
):
    """Where people may be involved, neither they nor the proposer handle the document that decides."""


class AlreadyDecided(ApprovalRefused, sentence=_("You have already decided step “%(step)s”.")):
    """One person, one verdict a step."""


class OutsideNotAllowed(
    ApprovalRefused, sentence=_("Step “%(step)s” is decided in the system, not by a document from outside.")
):
    """The chain does not let this step be decided outside."""


class OutsideWaits(
    ApprovalRefused, sentence=_("A document for step “%(step)s” is entered and waits for its check.")
):
    """A step holds one unchecked document at a time."""


class SamePerson(ApprovalRefused, sentence=_("This takes two different people; ask a colleague.")):
    """Entering and checking, or proposing and confirming, by one person."""


class NoteMissing(ApprovalRefused, sentence=_("A refusal or a recusal needs its reason in the note.")):
    """No and recused are explained."""


class ContentChanged(Stale):
    """What was proposed has changed since: the decision would be about something else."""

    template = _("The content changed after it was proposed. Withdraw it and propose the present state.")
