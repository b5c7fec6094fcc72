"""Addresses two people enter, the choice of who owns one, and what is written into the outbox."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, time

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.lib.workdays import SHANGHAI
from alliance.messaging import senders
from alliance.messaging.outbox import MANAGE, MessageRefused
from alliance.models import Membership, MessageAddress, MessageChoice, MessageTold, Outbox
from alliance.models.messages import Channel
from alliance.services import inbox, journal
from alliance.services.inbox import Todo
from alliance.web.addresses import page_addresses

SECRET = re.compile(r"[A-Za-z0-9_-]{16,128}")


def channels() -> list[str]:
    """The channels that the environment has switched on; none by itself."""
    return [name for name in Channel.values if name in settings.MESSAGE_CHANNELS]


@transaction.atomic
def enter(
    *, by: Membership, member: Membership, channel: str, address: str, now: datetime, secret: str = ""
) -> MessageAddress:
    """Enter where a member's messages go, and the secret they are signed with; a second person confirms it.

    Raises PermissionDenied, MessageRefused (channel, address, secret, known).
    """
    if not by.can(MANAGE):
        raise PermissionDenied
    if channel not in channels():
        raise MessageRefused("channel")
    address = address.strip()
    if not _fits(channel, address):
        raise MessageRefused("address")
    secret = secret.strip()
    if secret and not (channel == Channel.DINGTALK and SECRET.fullmatch(secret)):
        raise MessageRefused("secret")
    try:
        with transaction.atomic():
            row: MessageAddress = MessageAddress.objects.create(
                membership=member, channel=channel, address=address, shown=_shown(channel, address),
                secret=secret or None, entered_by=by, entered_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise MessageRefused("known") from None
    journal.write(by=by, verb="message.address_entered", about=row, channel=channel, signed=bool(secret))
    return row


def _fits(channel: str, address: str) -> bool:
    if channel != Channel.MAIL:
        return len(address) <= 400 and senders.allowed(address)
    try:
        validate_email(address)
    except ValidationError:
        return False
    return len(address) <= 200


def _shown(channel: str, address: str) -> str:
    """Enough to know it again: the key of a robot is a password."""
    if channel == Channel.MAIL:
        name, _at, host = address.rpartition("@")
        return f"{name[:2]}***@{host}"[:60]
    return f"{address.split('/')[2]} …{address[-4:]}"[:60]


@transaction.atomic
def confirm(*, by: Membership, row: MessageAddress, now: datetime) -> MessageAddress:
    """Confirm what somebody else entered. Raises PermissionDenied, MessageRefused (second, moved)."""
    if not by.can(MANAGE):
        raise PermissionDenied
    if row.entered_by.user_id == by.user_id:
        raise MessageRefused("second")
    waiting = MessageAddress.objects.filter(pk=row.pk, confirmed_at=None, ended_at=None)
    if not waiting.update(confirmed_by=by, confirmed_at=now):
        raise MessageRefused("moved")
    journal.write(by=by, verb="message.address_confirmed", about=row)
    found: MessageAddress = MessageAddress.objects.get(pk=row.pk)
    return found


@transaction.atomic
def end(*, by: Membership, row: MessageAddress, now: datetime) -> None:
    """Send nothing there any more; its owner may, and who keeps addresses. Raises PermissionDenied."""
    if row.membership_id != by.pk and not by.can(MANAGE):
        raise PermissionDenied
    if MessageAddress.objects.filter(pk=row.pk, ended_at=None).update(ended_by=by, ended_at=now):
        journal.write(by=by, verb="message.address_ended", about=row)


@transaction.atomic
def choose(*, by: Membership, row: MessageAddress, digest_at: time | None, at_once: bool) -> MessageChoice:
    """The owner's choice of when to hear; nothing at all is a choice too.

    Raises PermissionDenied for somebody else, MessageRefused (unconfirmed).
    """
    if row.membership_id != by.pk:
        raise PermissionDenied
    if row.confirmed_at is None or row.ended_at is not None:
        raise MessageRefused("unconfirmed")
    made, _new = MessageChoice.objects.update_or_create(
        address=row, defaults={"digest_at": digest_at, "at_once": at_once}
    )
    journal.write(by=by, verb="message.chosen", about=row, digest=str(digest_at or ""), at_once=at_once)
    found: MessageChoice = made
    return found


def write_due(now: datetime) -> int:
    """Write the messages that are due in the alliance in scope; returns how many. Each address in its own
    savepoint: one that fails keeps nothing back from the others.
    """
    living = {"address__confirmed_at__isnull": False, "address__ended_at": None}
    on = MessageChoice.objects.filter(
        **living, address__channel__in=channels(), address__membership__is_active=True,
        address__membership__user__is_active=True,
    )  # fmt: skip
    rows = on.select_related("address__membership__user", "address__membership__institution")
    return sum(_write(choice, now) for choice in rows)


@transaction.atomic
def _write(choice: MessageChoice, now: datetime) -> int:
    """One address, locked, so that two workers tell it one after the other."""
    address = MessageAddress.objects.select_for_update().get(pk=choice.address_id)
    member, local = choice.address.membership, now.astimezone(SHANGHAI)
    told, day = MessageTold.objects.filter(address=address), f"digest {local.date()}"
    digest = choice.digest_at is not None and local.time() >= choice.digest_at
    digest = digest and not told.filter(thing=day).exists()
    if not digest and not choice.at_once:
        return 0
    with translation.override(member.user.language), page_addresses(member.alliance.code):
        todos = inbox.waiting(by=member, now=now)
        made = _late(address, todos, now) if choice.at_once else 0
        if digest:
            MessageTold.objects.create(address=address, thing=day, at=now)
            made += _post(address, f"digest:{address.pk}:{local.date()}", todos, now)
    return made


def _late(address: MessageAddress, todos: Sequence[Todo], now: datetime) -> int:
    """What is late and was not told yet, in one message."""
    late = {_thing(one): one for one in todos if one.state == "late"}
    told = MessageTold.objects.filter(address=address, thing__in=late).values_list("thing", flat=True)
    fresh = {name: late[name] for name in sorted(late.keys() - set(told))}
    if not fresh:
        return 0
    MessageTold.objects.bulk_create(MessageTold(address=address, thing=name, at=now) for name in fresh)
    return _post(address, f"late:{address.pk}:{min(fresh)}", list(fresh.values()), now)


def _thing(todo: Todo) -> str:
    """A thing that is late: where it opens and when it was due; words and counts may change."""
    text = f"{todo.room} {todo.url} {todo.due.isoformat() if todo.due else ''}"
    return hashlib.sha256(text.encode()).hexdigest()


def tell(
    *, members: Sequence[Membership], key: str, said: Callable[[], str], path: str, now: datetime
) -> int:
    """Write what cannot wait for a digest to every confirmed address of members, whatever they chose to hear:
    a matter of who may see what, nothing of a patient. `said` is asked in the language of each reader, `path`
    stands below the alliance's address. Returns how many; 0 where no channel is on.
    """
    rows = MessageAddress.objects.filter(
        membership__in=members, confirmed_at__isnull=False, ended_at=None, channel__in=channels(),
    ).select_related("membership__user")  # fmt: skip
    for address in rows:
        with translation.override(address.membership.user.language):
            title = f"{address.alliance.name}: {said()}"
        site = settings.SITE_URL.rstrip("/")
        text = f"{site}/a/{address.alliance.code}/{path}" if site else title
        Outbox.objects.create(
            key=f"{key}:{address.pk}", channel=address.channel, address=address,
            body={"title": title, "text": text}, created_at=now, try_at=now,
        )  # fmt: skip
    return len(rows)


def _post(address: MessageAddress, key: str, todos: Sequence[Todo], now: datetime) -> int:
    """Write one message in the language of its reader: counts, kinds and a link, nothing of a patient."""
    if not todos:
        return 0
    late = sum(todo.count for todo in todos if todo.state == "late")
    title = _("%(alliance)s: %(all)d to do, %(late)d overdue") % {
        "alliance": address.alliance.name, "all": sum(todo.count for todo in todos), "late": late,
    }  # fmt: skip
    counts: Counter[str] = Counter()
    for todo in todos:
        counts[todo.room] += todo.count
    lines = [_("%(room)s: %(n)d") % {"room": inbox.room_word(room), "n": n} for room, n in counts.items()]
    if settings.SITE_URL:
        lines.append(f"{settings.SITE_URL.rstrip('/')}/a/{address.alliance.code}/inbox/")
    Outbox.objects.create(
        key=key, channel=address.channel, address=address, body={"title": title, "text": "\n".join(lines)},
        created_at=now, try_at=now,
    )  # fmt: skip
    return 1
