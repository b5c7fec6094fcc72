"""Keys of tables with millions of rows."""

from __future__ import annotations

from typing import Any

from django.db import models

from alliance.tenancy.scope import current_alliance_id


def leaf_key(to: str, *, on_delete: Any = models.PROTECT, related_name: str = "+") -> Any:
    """A key that the database holds once: by the wall's composite key `(alliance_id, x_id)`.

    Django's own constraint would check every row a second time, and its index be written a second time: the
    table's others begin with the alliance, as every question does.
    """
    return models.ForeignKey(
        to, on_delete=on_delete, related_name=related_name, db_constraint=False, db_index=False
    )


def leaf_alliance() -> Any:
    """The alliance of a row whose other keys are composite: each of them holds the alliance, too."""
    return models.ForeignKey(
        "alliance.Alliance",
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        default=current_alliance_id,
        db_constraint=False,
        db_index=False,
    )
