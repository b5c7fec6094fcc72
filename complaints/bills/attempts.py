"""How often somebody may try to open a bill: by address and by record, whether or not it exists.

Counted in the cache before anything is compared, in one step each, so that guesses sent at once count like
guesses one after the other. A right answer forgives the record, not the address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.core.cache import cache

from alliance.lib.workdays import SHANGHAI, Rule
from alliance.services import parameters
from alliance.tenancy.scope import current_alliance_id
from complaints.counting import counted

TRIES, WINDOW = "bill.tries", "bill.tries_window"


def _keys(address: str, institution: int, record_no: str) -> Iterator[tuple[str, str]]:
    """Kind and key of each counter; neither holds the number itself."""
    here = current_alliance_id()
    for kind, text in (("address", address), ("record", f"{institution} {record_no}")):
        yield kind, f"{here}:bill:{kind}:{hashlib.sha256(text.encode()).hexdigest()}"


def spend(address: str, institution: int, record_no: str, now: datetime) -> bool:
    """Count one attempt; False when this address or this record has had its number (parameters bill.tries,
    bill.tries_window).
    """
    known = parameters.several_in_force([TRIES, WINDOW], on=now.astimezone(SHANGHAI).date())
    most, rule = known[TRIES], known[WINDOW]
    assert isinstance(most, Mapping) and isinstance(rule, Rule)
    left = True
    for kind, key in _keys(address, institution, record_no):
        left &= counted(key, _seconds(rule)) <= int(str(most[kind]))
    return left


def forgive(address: str, institution: int, record_no: str) -> None:
    """The right answer was given: the record's counter begins anew."""
    cache.delete(dict(_keys(address, institution, record_no))["record"])


def _seconds(rule: Rule) -> int:
    unit = {"M": timedelta(minutes=1), "H": timedelta(hours=1), "D": timedelta(days=1)}[rule.unit]
    return int((unit * rule.number).total_seconds())
