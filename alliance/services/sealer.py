"""Chaining the journals: each committed row is sealed with the seal before it (walls.md section 5).

The seal is an HMAC-SHA256 with a key outside the database: whoever owns the database can change rows,
but cannot make the seals that would hide it. Rows are chained in order of id, seconds after they are written.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import transaction

from alliance import sql
from alliance.lib import secrets
from alliance.models import Alliance, Journal, JournalHead, PlatformHead, PlatformJournal
from alliance.tenancy.scope import act_in

log = logging.getLogger("xietong.journal")

CHUNK = 2_000
PATIENCE = 3.0  # seconds to wait for who is writing while the sealer begins
COLUMNS = (
    "user_id",
    "membership_id",
    "verb",
    "about_kind",
    "about_id",
    "result",
    "address",
    "request_id",
    "detail",
)
PLATFORM = "-platform-"  # no alliance can have this code: codes begin with a letter or digit in every address


@dataclass(frozen=True)
class Chain:
    """One journal with its head and the key of its seals."""

    journal: type[Journal] | type[PlatformJournal]
    head: type[JournalHead] | type[PlatformHead]
    key: bytes


@dataclass(frozen=True)
class Link:
    """A place in a chain: the last row passed and its seal."""

    last_id: int = 0
    seal: bytes = bytes(32)


@dataclass(frozen=True)
class Broken:
    """The first row that does not fit: `unsealed`, `changed` (or one before removed), `end` (rows lost)."""

    row: int
    reason: str


@dataclass(frozen=True)
class Finding:
    """What a check found: where it stands, how many rows it passed, whether it is through, what broke."""

    link: Link
    checked: int
    done: bool
    broken: Broken | None = None


def chain_of(alliance: Alliance) -> Chain:
    """The chain of the alliance in scope."""
    return Chain(Journal, JournalHead, _key(alliance.code))


def platform_chain() -> Chain:
    """The chain of the platform's journal."""
    return Chain(PlatformJournal, PlatformHead, _key(PLATFORM))


# Sealing -----------------------------------------------------------------------
def seal_all(*, patience: float = PATIENCE) -> int:
    """Seal what is committed in all journals; return how many rows.

    Ids are handed out before commits, so a row with a smaller id may still be on its way. Only rows up to
    the last id handed out now are sealed, and only once every transaction that is writing now has ended;
    else nothing, until the next call.
    """
    journal_id, platform_id = sql.journal_ids()
    if not _ended(sql.journal_writers(), patience):
        return 0
    sealed = 0
    for alliance in Alliance.objects.all():
        with act_in(alliance):
            sealed += seal(chain_of(alliance), up_to=journal_id)
    return sealed + seal(platform_chain(), up_to=platform_id)


def seal(chain: Chain, *, up_to: int) -> int:
    """Seal a chain's rows with ids up to `up_to`, in chunks of one transaction; return how many."""
    sealed = 0
    while found := _seal_chunk(chain, up_to):
        sealed += found
    return sealed


@transaction.atomic
def _seal_chunk(chain: Chain, up_to: int) -> int:
    head = _head(chain, lock=True)
    rows = list(chain.journal.objects.filter(pk__gt=head.last_id, pk__lte=up_to).order_by("pk")[:CHUNK])
    if not rows:
        return 0
    seals, previous = [], bytes(head.seal)
    for row in rows:
        previous = seal_of(row, previous, chain.key)
        seals.append(previous)
    sql.fill_seals(chain.journal._meta.db_table, [row.pk for row in rows], seals)
    head.last_id, head.seal = rows[-1].pk, previous
    head.save(update_fields=["last_id", "seal"])
    # In the log the head leaves the database: an end cut off together with its head shows there.
    log.info("sealed %s up to %s, head %s", chain.journal._meta.db_table, head.last_id, previous.hex())
    return len(rows)


def seal_of(row: Journal | PlatformJournal, previous: bytes, key: bytes) -> bytes:
    """The 32 bytes that seal a row after the seal `previous`."""
    content: dict[str, Any] = {name: getattr(row, name) for name in COLUMNS if hasattr(row, name)}
    content |= {
        "id": row.pk,
        "at": row.at.astimezone(UTC).isoformat(),
        "alliance": getattr(row, "alliance_id", None),
    }
    body = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, previous + body.encode(), hashlib.sha256).digest()


def _ended(writers: set[str], patience: float) -> bool:
    """True once all these transactions have ended, waiting at most so many seconds."""
    until = time.monotonic() + patience
    while writers & sql.journal_writers():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


# Checking ----------------------------------------------------------------------
def verify(chain: Chain) -> Finding:
    """Check a whole chain from its first row; `broken` names the first row that does not fit, or is None."""
    finding = Finding(Link(), 0, done=False)
    while not finding.done:
        finding = verify_some(chain, after=finding)
    return finding


@transaction.atomic
def verify_some(chain: Chain, *, after: Finding, most: int = CHUNK) -> Finding:
    """Check up to `most` rows after those an earlier finding passed, against the head as it is now."""
    head = _head(chain)
    rows = chain.journal.objects.filter(pk__gt=after.link.last_id, pk__lte=head.last_id).order_by("pk")[:most]
    link, passed, broken = _walk(rows, after.link, chain.key)
    checked = after.checked + passed
    if broken or passed == most:
        return Finding(link, checked, done=broken is not None, broken=broken)
    if (link.last_id, link.seal) != (head.last_id, bytes(head.seal)):
        return Finding(link, checked, done=True, broken=Broken(link.last_id, "end"))
    return Finding(link, checked, done=True)


def _walk(
    rows: Iterable[Journal | PlatformJournal], link: Link, key: bytes
) -> tuple[Link, int, Broken | None]:
    passed = 0
    for row in rows:
        if row.seal is None:
            return link, passed, Broken(row.pk, "unsealed")
        expected = seal_of(row, link.seal, key)
        if not hmac.compare_digest(bytes(row.seal), expected):
            return link, passed, Broken(row.pk, "changed")
        link, passed = Link(row.pk, expected), passed + 1
    return link, passed, None


def _head(chain: Chain, *, lock: bool = False) -> Any:
    heads: Any = chain.head.objects.select_for_update() if lock else chain.head.objects.all()
    found = heads.order_by("pk").first()
    if found is None and lock:
        chain.head.objects.get_or_create()
        return heads.order_by("pk").first()
    return found or chain.head()


def _key(code: str) -> bytes:
    return secrets.blind_key(bytes.fromhex(settings.BLIND_KEY), code, "journal.seal")
