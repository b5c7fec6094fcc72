"""What this room refuses: one sentence each, with a remedy, translated where it is shown."""

from __future__ import annotations

from alliance.lib.refusal import Refused
from performance.decided import numbers


class MonthRefused(Refused):
    """A month cannot be computed, proposed or posted as things stand."""

    reasons = {
        "incomplete": "%(institutions)s: fewer than %(minimum)s %% of the declared cases have arrived. "
        "Deliver the rest, or sign an exception.",
        "pending": "%(cases)s cases of %(month)s have no group yet. Wait for the grouping and compute again.",
        "no_scheme": "No scheme is in force in %(month)s. Adopt one from an earlier month on.",
        "no_pool": "The pool of %(month)s is not decided. Enter it and let a second person confirm it.",
        "blocked": "The scheme blocks %(month)s: %(institutions)s.",
    }


class RunUnderway(Refused):
    """Somebody else settles or has settled the month: answered with 409 (walls 2, N29)."""

    reasons = {"underway": "Run %(number)s of %(month)s is %(state)s. There is nothing to do twice."}


class MoneyRefused(Refused):
    """A base, a pool or an exception that cannot stand; `field` of a form is its reason."""

    reasons = {
        "fen": "The amount is zero. Enter what is to be shared.",
        "negative": "A performance-pay base is not negative.",
        "source": "Name the source: the decision and its date.",
        "document": numbers.SAID,
        "institution": "%(institution)s reports through another institution and has no base of its own.",
        "same_person": "This takes two different people; ask a colleague.",
        "confirmed": "It is already confirmed.",
        "reason": "Say why the month is computed without the missing cases.",
        "signed": "An exception for %(institution)s is already signed.",
        "complete": "%(institution)s is complete; no exception is needed.",
    }


class DraftRefused(Refused):
    """A draft of a scheme that cannot be changed, tried, proposed or published as asked."""

    reasons = {
        "label": "%(label)s of this scheme is published already. Give the draft another version.",
        "drafted": "A draft %(label)s of this scheme is open already. Work on it, or take another version.",
        "past": "%(month)s is settled and posted under the scheme in force. Begin later than %(last)s.",
        "faults": "The draft has %(count)d faults. Mend them first.",
        "untried": "The draft changed since it was last tried. Try it on past months first.",
        "nothing": "No month has been settled yet, so there is nothing to try the draft on.",
        "thin": "%(columns)s: fewer than %(least)s of 100 points had data in the trial. Try it again with "
        "more data, or let two people sign an exception.",
        "covered": "The trial covered what is asked; no exception is needed.",
        "signed": "An exception of this trial is signed already.",
        "confirmed": "It is already confirmed.",
        "same_person": "This takes two different people; ask a colleague.",
        "reason": "Say why the council shall decide without the missing data.",
        "alike": "The draft does not differ from the version it was copied from.",
    }
