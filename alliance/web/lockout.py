"""Who is locked out: an account after few failed sign-ins, an address after many (N41)."""

from __future__ import annotations

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.utils.translation import gettext as _

from alliance.web import errors


class Handler(AxesDatabaseHandler):
    """Counts by account and by address, each with a limit of its own.

    A whole hospital may sit behind one address: the limit of an account would lock it out after five slips.
    """

    def get_failures(self, request: Any, credentials: Any = None) -> int:
        """The failures that count, measured on the limit of an account."""
        by_account, by_address = (
            self._sum(attempts) for attempts in self.get_user_attempts(request, credentials)
        )
        return max(
            by_account, by_address * settings.AXES_FAILURE_LIMIT // settings.AXES_ADDRESS_FAILURE_LIMIT
        )

    def reset_user_attempts(self, request: Any, credentials: Any = None) -> int:
        """A sign-in clears the failures of its own account only.

        Clearing those of the address as well would let an attacker wipe the slate with an own account.
        """
        by_account, _by_address = self.filter_user_attempts(request, credentials)
        return int(by_account.delete()[0])

    def _sum(self, attempts: Any) -> int:
        return sum(attempts.values_list("failures_since_start", flat=True))


def forgive(username: str) -> None:
    """Forget the failed sign-ins of an account, so that its owner may try again at once."""
    AccessAttempt.objects.filter(username=username).delete()


def locked_out(request: Any, original_response: Any, credentials: Any) -> Any:
    """429: too many failures; says how long to wait, not whether the name exists."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    title = _("Too many failed sign-ins")
    response = errors.answer(
        request,
        429,
        title,
        _("Wait %(minutes)d minutes and try again, or ask the alliance administrator.")
        % {"minutes": minutes},
    )
    response["Retry-After"] = str(minutes * 60)
    return response
