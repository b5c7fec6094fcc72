"""What this room refuses."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class ViolationRefused(Refused):
    """A step of a violation case that cannot be taken as things stand."""

    reasons = {
        "title": "Give it a title.",
        "facts": "Write the facts.",
        "source": "Only discipline inspection takes a case up from a report.",
        "happened_on": "Say on which day it happened: the letter of that day stands beside it.",
        "later": "This day has not come yet.",
        "person": "This person does not belong to the institution.",
        "zero": "Nothing of this kind is tolerated: a written warning is not available.",
        "record": "There is no such record of this institution. Check its number.",
        "there": "It led to the case %(number)s already. Add there what is new.",
        "evidence": "A warning rests on evidence. Add what shows it first.",
        "sealed": "The finding is proposed: evidence comes before it.",
        "text": "Write it first.",
        "late": "The time for the statement ended on %(due)s.",
        "early": "The institution may state its view until %(due)s.",
        "unanswered": "Evidence was added of which the institution was not told. Add once more what it "
        "shows: the institution is told and may state its view on it; then propose the finding.",
        "involved": "You belong to the institution it is about. Somebody else finds.",
        "opener": "You opened this case. Somebody else finds.",
        "penalty": "A violation has at least one thing that follows; where there is none, nothing follows.",
        "measure": "The table in force does not know this for the kind of violation.",
        "percent": "The table in force deducts from %(low)s to %(high)s %% for this kind.",
        "fen": "Give the amount to repay.",
        "agreement": "Choose an agreement of the institution that is in force.",
        "carried": "This is carried out already.",
        "outcome": "Name the document by which it was repaid by its number, with at least %(least)d letters "
        "or figures.",
        "lines": "This statement has no confirmed rejection of the institution that is not charged yet.",
        "open": "Something that follows is not carried out yet.",
        "deducted": "%(month)s bears a deduction for a violation of this institution already.",
    }
    fields = {
        "record": "object_id", "later": "happened_on", "zero": "measures",
        "there": "", "evidence": "", "sealed": "", "late": "", "early": "", "unanswered": "",
        "involved": "",
        "opener": "", "penalty": "", "carried": "", "open": "", "deducted": "month", "lines": "statement",
    }  # fmt: skip
