"""The outbox: claimed, sent, written down, in this order; so a crash loses the certainty, never doubles.

Which way it errs: at most once. A worker that dies between sending and writing it down leaves a row that may
have been sent; it becomes "uncertain" and an administrator decides. The inbox itself is the truth, and the
next digest says again what still waits: a message less costs a look, a message twice costs trust.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from alliance.lib.refusal import Refused
from alliance.lib.workdays import SHANGHAI
from alliance.messaging import senders
from alliance.messaging.senders import Letter
from alliance.models import Membership, Outbox
from alliance.services import journal, parameters

State = Outbox.State
MANAGE = "message.manage"
LOST = timedelta(minutes=10)  # longer than any sender waits: whoever claimed it is gone


class MessageRefused(Refused):
    """The step cannot be taken."""

    reasons = {
        "channel": "This channel is switched off. The environment names the ones that are on.",
        "address": "This is no address of the channel: a robot has an https address of an allowed host.",
        "secret": "Only a DingTalk robot has a signing secret: letters, digits, - and _, 16 to 128 of them.",
        "known": "This member has an address on this channel already. End it first.",
        "second": "Somebody else than who entered it has to confirm it.",
        "moved": "Somebody else was faster.",
        "unconfirmed": "Nobody has confirmed this address yet.",
    }


def send_due(now: datetime, most: int = 20) -> int:
    """Send what is due in the alliance in scope, one after the other; returns how many were sent.

    Call outside a transaction: each claim and each result is a transaction of its own. `most` times what a
    sender waits stays below LOST, so that no row in the hands of this worker is given up by another.
    """
    with transaction.atomic():
        _lose(now)
    done = 0
    for _n in range(most):
        row = _claim(now)
        if row is None:
            break
        done += _send(row, now)
    return done


def _lose(now: datetime) -> None:
    """What a worker took and never told of: nobody knows."""
    Outbox.objects.filter(state=State.SENDING, claimed_at__lt=now - LOST).update(
        state=State.UNCERTAIN, error="the worker ended while it was sending"
    )


@transaction.atomic
def _claim(now: datetime) -> Outbox | None:
    """Take the oldest one that is due; two workers never take the same."""
    due = Outbox.objects.filter(state=State.WAITING, try_at__lte=now, channel__in=settings.MESSAGE_CHANNELS)
    row: Outbox | None = due.select_for_update(skip_locked=True, of=("self",)).order_by("pk").first()
    if row is None:
        return None
    Outbox.objects.filter(pk=row.pk).update(state=State.SENDING, claimed_at=now, attempts=row.attempts + 1)
    found: Outbox = Outbox.objects.select_related("address").get(pk=row.pk)
    return found


def _send(row: Outbox, now: datetime) -> bool:
    if row.address.ended_at is not None or row.address.confirmed_at is None:
        return _end(row, State.FAILED, "the address has ended")
    letter = Letter(
        row.body["title"], row.body["text"], f"{row.alliance_id}.{row.pk}", row.address.secret or ""
    )
    try:
        senders.SENDERS[row.channel](row.address.address, letter)
    except senders.NotTaken as refused:
        return _retry(row, str(refused), now)
    except senders.Unknown as lost:
        return _end(row, State.UNCERTAIN, str(lost))
    return _end(row, State.SENT, "", sent_at=now)


@transaction.atomic
def _retry(row: Outbox, why: str, now: datetime) -> bool:
    """Once more later, each time twice as late; after so many attempts it has failed (message.attempts)."""
    most = int(str(parameters.in_force("message.attempts", on=now.astimezone(SHANGHAI).date())))
    if row.attempts >= most:
        return _end(row, State.FAILED, why)
    return _end(row, State.WAITING, why, try_at=now + timedelta(minutes=2**row.attempts))


@transaction.atomic
def _end(row: Outbox, state: str, why: str, **more: object) -> bool:
    mine = Outbox.objects.filter(pk=row.pk, state=State.SENDING, attempts=row.attempts)
    mine.update(state=state, error=why[:300], **more)
    return state == State.SENT


@transaction.atomic
def again(*, by: Membership, row: Outbox, now: datetime) -> Outbox:
    """A person says: send it again, knowing it may have come. Raises PermissionDenied, MessageRefused."""
    if not by.can(MANAGE):
        raise PermissionDenied
    stuck = Outbox.objects.filter(pk=row.pk, state__in=[State.FAILED, State.UNCERTAIN])
    if not stuck.update(state=State.WAITING, try_at=now, attempts=0, error=""):
        raise MessageRefused("moved")
    journal.write(by=by, verb="message.again", about=row)
    found: Outbox = Outbox.objects.get(pk=row.pk)
    return found
