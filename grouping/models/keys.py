"""Keys of tables with millions of rows."""

from __future__ import annotations

from typing import Any

from django.db import models


def leaf_key(to: str, *, on_delete: Any = models.PROTECT, related_name: str = "+", null: bool = False) -> Any:
    """A key that the database holds once: by the wall's composite key `(alliance_id, x_id)`, or the same
    proved once a statement (`keys_by_statement`).

    Django's own constraint would check every row a second time, and its index be written a second time: the
    table's others begin with the alliance, as every question does.
    """
    return models.ForeignKey(
        to, on_delete=on_delete, related_name=related_name, null=null, db_constraint=False, db_index=False
    )
