"""What is unusual about an entry of a source account, for the two people who compare it with its decision.

Nothing is refused: a year's grant may well be twelve times a month's. It is pointed out, with what it is
compared with.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from alliance.services import parameters
from alliance.web import words
from performance.models import FundEntry


def limit(on: date) -> Decimal:
    """From how many times the last entry on an entry is pointed out, by the parameter of a day."""
    return Decimal(str(parameters.in_force("pay.entry_times", on=on)))


def doubts(row: FundEntry, others: Sequence[FundEntry], times: Decimal) -> list[str]:
    """What stands out against the other entries of all accounts: a size far from the last confirmed one of
    its account, a decision that fed an account already. Sentences; none is the usual.
    """
    beside = [one for one in others if one.pk != row.pk and one.set_aside_at is None and not one.reversal_id]
    found = []
    known = [one for one in beside if one.fund_id == row.fund_id and one.confirmed_at is not None]
    last = max(known, key=lambda one: (one.day, one.pk), default=None)
    if last is not None and (row.fen > last.fen * times or row.fen * times < last.fen):
        share = words.plain(Decimal(row.fen) / last.fen, 2)
        found.append(
            _("%(times)s times the last entry, %(yuan)s yuan of %(document)s. Compare the amount once more.")
            % {"times": share, "yuan": words.yuan(last.fen), "document": last.document}
        )
    twice = [one for one in beside if one.document == row.document]
    if twice:
        found.append(
            _("%(document)s has fed %(fund)s with %(yuan)s yuan already. Is this another part of it?")
            % {"document": row.document, "fund": twice[0].fund.name, "yuan": words.yuan(twice[0].fen)}
        )
    return found
