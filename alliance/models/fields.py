"""A text column whose content the database cannot read."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models

from alliance.lib import secrets


@lru_cache(maxsize=1)
def key_ring() -> secrets.KeyRing:
    """Keys by id from the environment (`FIELD_KEYS`); the first one seals, all of them open."""
    pairs = [entry.split(":", 1) for entry in settings.FIELD_KEYS]
    return secrets.KeyRing(pairs[0][0], {key_id: bytes.fromhex(key) for key_id, key in pairs})


class SealedField(models.BinaryField):
    """Text stored as AES-GCM with the id of its key; searching needs a keyed token in a column beside it."""

    def get_prep_value(self, value: Any) -> bytes | None:
        if value in (None, ""):
            return None
        return secrets.seal(key_ring(), str(value), context=self._context())

    def sealer(self) -> secrets.Sealer:
        """Seals many values of this column at once."""
        return secrets.Sealer(key_ring(), context=self._context())

    def from_db_value(self, value: Any, expression: object, connection: object) -> str | None:
        return None if value is None else secrets.open_(key_ring(), bytes(value), context=self._context())

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        sealed = value if prepared else self.get_prep_value(value)
        return None if sealed is None else connection.Database.Binary(sealed)

    def _context(self) -> str:
        """A value copied into another column does not open there."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError("sealed text is not written to fixtures")
