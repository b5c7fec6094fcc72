"""What the ledger refuses: one class for each reason, each with a sentence for people."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from alliance.approvals.errors import Refusal


class LedgerRefused(Refusal):
    """Something about the books is not allowed; nothing was written."""


class TooFewEntries(
    LedgerRefused, sentence=_("A journal has at least two entries; this one has %(entries)s.")
):
    """An empty or a one-entry journal."""


class ZeroAmount(LedgerRefused, sentence=_("Line %(line)s moves nothing. Leave it out.")):
    """An entry of zero fen."""


class AmountInvalid(
    LedgerRefused, sentence=_("Line %(line)s: the amount is not a whole number of fen in range.")
):
    """Not an integer, or beyond a signed 64-bit number (also as the sum of all debits)."""


class Unbalanced(
    LedgerRefused, sentence=_("The entries add up to %(yuan)s yuan instead of 0.00. Find the missing line.")
):
    """The entries do not sum to zero."""


class ForeignAccount(
    LedgerRefused, sentence=_("Line %(line)s: account %(account)s belongs to another alliance.")
):
    """An account of another alliance."""


class AccountDiffers(
    LedgerRefused, sentence=_("Account %(account)s is already open for somebody else. Choose another code.")
):
    """A code stands for one owner for good."""


class SamePerson(LedgerRefused, sentence=_("Posting, closing and reversing take two different people.")):
    """The second person is the first one."""


class NoPeriod(LedgerRefused, sentence=_("The books of %(month)s are not open yet. Open the month first.")):
    """No period exists for the month."""


class PeriodClosed(
    LedgerRefused,
    sentence=_("The books of %(month)s are closed. Post into an open month; the correction names this one."),
):
    """The period is closed for good."""


class KeyReused(
    LedgerRefused,
    sentence=_("The key %(key)s already stands for another journal (%(journal)s). Use a new key."),
):
    """The same idempotency key with another body (answer 409 or 422)."""


class RoomRests(
    LedgerRefused,
    sentence=_(
        "%(what)s stands on journal %(journal)s: undone here alone, pages and payments would go on as before."
        " Correct it there; the correction is posted by itself."
    ),
):
    """The rows of a room name the journal; only that room can take the money back whole."""


class Overdrawn(
    LedgerRefused,
    sentence=_("%(account)s holds %(held)s yuan; this takes %(fen)s yuan of it. Feed the account first."),
):
    """A fund would give more than it holds; accounts of sources, where money comes from, have no floor."""


class AlreadyReversed(
    LedgerRefused, sentence=_("Journal %(journal)s is already reversed by journal %(by)s.")
):
    """A journal is reversed once."""
