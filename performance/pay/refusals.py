"""What this room refuses: one sentence each, with a remedy, translated where it is shown."""

from __future__ import annotations

from alliance.lib.refusal import Refused
from performance.decided import numbers


class EntryRefused(Refused):
    """A source account, an entry, a pay total or a rule that cannot stand."""

    reasons = {
        "code": "A source account with this code is open already.",
        "name": "Give the source account a name.",
        "fen": "Enter an amount above zero.",
        "document": numbers.SAID,
        "body": "Name the body that decided.",
        "scan": "Add the scan of the decision.",
        "same_person": "This takes two different people; ask a colleague.",
        "decided": "It is confirmed or set aside already. Enter it anew if another one is needed.",
        "why": "Say why in a few words.",
        "village": "%(institution)s is paid through its township and has no pay total of its own.",
        "given": "%(institution)s was given %(paid)s yuan of %(year)s already, more than this total of "
        "%(total)s yuan in the place of one that rose. Correct what was given first.",
        "coefficients": "Give every group a coefficient above zero.",
        "unlawful": "This kind of pool settles between institutions and needs no rule of persons.",
    }
    fields = {
        "same_person": "",
        "decided": "",
        "village": "institution",
        "coefficients": "",
        "given": "",
        "unlawful": "kind",
    }


class PoolRefused(Refused):
    """A pool that cannot be made, proposed or posted as things stand."""

    reasons = {
        "not_posted": "%(month)s is not in the books yet. Its shares are approved and posted first.",
        "no_rule": "No confirmed rule says how this kind of pool flows in %(month)s. Enter one and let a "
        "second person confirm it.",
        "there": "%(month)s has this pool already. Work on that one.",
        "no_roster": "The roster of %(month)s is empty. Import it first.",
        "no_department": "The roster names no department of %(names)s. Complete it and try again.",
        "nothing": "No fact of %(month)s owes anything of this kind.",
        "fen": "Enter an amount above zero.",
        "name": "Give the pool a name.",
        "document": numbers.SAID,
        "institutions": "Choose at least one institution with a share in %(month)s.",
        "short": "%(fund)s holds %(balance)s yuan, the pool takes %(fen)s yuan. Feed the account first.",
        "changed": "Roster, scores or facts changed since the pool was made. Discard it and make it again.",
        "draft": "Only a draft can be discarded.",
    }
    fields = {
        "not_posted": "month", "no_rule": "kind", "there": "kind", "no_roster": "month", "no_department": "",
        "nothing": "month", "short": "fen", "changed": "", "draft": "",
    }  # fmt: skip


class PotRefused(Refused):
    """A second distribution that cannot go on as asked."""

    reasons = {
        "pool": "The pool is not in the books yet. Its pots are open once it is approved.",
        "group": "At least %(least)d people of the department agree on a plan; name them.",
        "strangers": "%(names)s does not work here this month.",
        "minutes": "Write down what the group agreed on, in at least %(least)d characters.",
        "agreed_on": "The group met not later than today.",
        "before": "The group met on %(day)s, before %(month)s began, which it divides. Enter the day "
        "it met on.",
        "zero_why": "%(names)s worked here and gets no points. Say why, in at least %(least)d characters: "
        "the department reads it.",
        "people": "Give points to everybody of the pot, 0 included.",
        "named": "This pot pays awards by name: each person's points are what the sheet says, in fen.",
        "early": "The department sees the plan until %(until)s; it is submitted after that.",
        "objections": "%(n)d objections are not answered yet. Answer them first.",
        "why": "Say why in a few words.",
        "own": "Somebody else answers one's own objection.",
        "said": "You have said this already.",
        "answered": "It is answered already.",
        "not_shown": "The plan is not shown now.",
        "same_person": "This takes two different people; ask a colleague.",
    }
    fields = {
        "pool": "", "strangers": "group", "before": "agreed_on",
        "people": "", "named": "", "early": "", "objections": "",
        "own": "", "said": "", "answered": "", "not_shown": "", "same_person": "",
    }  # fmt: skip


class ReversalRefused(Refused):
    """Something posted that cannot go back whole as things stand."""

    reasons = {
        "spent": "%(fund)s holds %(held)s yuan that no pool waits for; this entry fed %(fen)s yuan. "
        "Reverse the pools that took it first.",
        "between": "What institutions owe each other is paid by statement and is not taken back here. "
        "What is found later goes into a supplement.",
        "paid": "%(n)d payments of this pool stand in lots or are paid. Withdraw the lots that have not "
        "left; what has left is corrected by an appeal or a correction of the month.",
        "corrected": "A correction of %(month)s stands on this pool. What is wrong is corrected once more.",
        "appealed": "%(n)d appeals about lines of this pool have not ended. Decide them first.",
        "pot": "A pot goes back with its pool alone: %(pool)s. Reverse that one.",
    }
    fields = dict.fromkeys(reasons, "")
