"""After the deadline the office opens an agreed or decided line again, with a reason both sides read."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from alliance.confirmation.models import Line, Reopening
from alliance.confirmation.services.looking import look_one
from alliance.confirmation.services.refusals import ConfirmationRefused
from alliance.confirmation.services.rights import require_office
from alliance.lib.workdays import SHANGHAI
from alliance.models import Membership
from alliance.services import calendar, journal, parameters


@transaction.atomic
def reopen(*, by: Membership, line: Line, text: str, now: datetime) -> Reopening:
    """Both sides may speak about a closed line anew, for as long as a month's deadline gives them.

    What they said stands until one of them says otherwise. Raises ConfirmationRefused (not_closed, why),
    PermissionDenied.
    """
    require_office(by, "confirmation.settle")
    if not text.strip():
        raise ConfirmationRefused("why")
    standing = look_one(line, by=by, now=now)
    if not standing.closed:
        raise ConfirmationRefused("not_closed")
    rule = parameters.rule_in_force("confirmation.deadline", on=now.astimezone(SHANGHAI).date())
    until = calendar.deadline(now, rule).due_at
    made: Reopening = Reopening.objects.create(line=line, until=until, text=text.strip(), by=by, at=now)
    journal.write(
        by=by, verb="confirmation.reopened", about=line, state=str(standing.state), text=made.text[:300]
    )
    return made
