"""Numbers of referrals: ZZ, the day, and a running number of that day."""

from __future__ import annotations

from datetime import datetime

from alliance.lib.workdays import SHANGHAI
from referrals import sql


def take(now: datetime) -> str:
    """The next number of the local day, as ZZ261112-0001."""
    day = now.astimezone(SHANGHAI).date()
    prefix = f"ZZ{day:%y%m%d}-"
    return f"{prefix}{sql.next_number(day, prefix):04d}"
