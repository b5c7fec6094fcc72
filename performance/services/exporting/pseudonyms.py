"""Names of people and records in a bundle: keyed, of this month's bundle alone (walls 5)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from alliance.ledger.models import Account
from alliance.lib.period import Month
from alliance.lib.secrets import BlindIndex, blind_key

LENGTH = 16  # hexadecimal characters: 64 bits, no two alike among any month's people


@dataclass(frozen=True)
class Pseudonyms:
    """The same person is the same name within a bundle and another one in every other month's."""

    index: BlindIndex

    @classmethod
    def of(cls, alliance: str, month: Month) -> Pseudonyms:
        """The names of an alliance and month; the key never leaves the house: nobody else reads them back."""
        return cls(BlindIndex(blind_key(bytes.fromhex(settings.BLIND_KEY), alliance, f"bundle {month}")))

    def name(self, kind: str, key: int | None) -> str:
        """A person ("P"), a member of the house ("M"), a record ("R") or a journal ("J")."""
        return "" if key is None else f"{kind}-{self.index.of(f'{kind}:{key}')[:LENGTH]}"

    def account(self, row: Account) -> str:
        """An account by its code; that of a person by the person's pseudonym."""
        if row.staff_id is None:
            return row.code
        return f"{row.code.partition(':')[0]}:{self.name('P', row.staff_id)}"
