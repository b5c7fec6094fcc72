"""What every row of an alliance inherits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import models
from django.utils.encoding import force_str
from django.utils.hashable import make_hashable
from django_scopes import ScopedManager

from alliance.tenancy.scope import current_alliance_id


class Stale(Exception):
    """A row is no longer as the caller saw it: somebody else was faster. `row` is what it is now."""

    def __init__(self, row: models.Model) -> None:
        super().__init__(f"{row._meta.verbose_name} {row.pk} changed meanwhile")
        self.row = row


class AllianceQuerySet(models.QuerySet[Any]):
    """Query methods every row of an alliance has."""

    def claim(self, pk: int, *, expect: dict[str, Any], change: dict[str, Any]) -> Any:
        """Change a row in one statement if it still is as expected; raise `Stale` when it is not."""
        if not self.filter(pk=pk, **expect).update(**change):
            raise Stale(self.get(pk=pk))
        return self.get(pk=pk)


AllianceManager = models.Manager.from_queryset(AllianceQuerySet)


def leaf_alliance() -> Any:
    """The alliance of a row whose other keys hold it as well, or whose keys are proved once a statement.

    Django's own constraint would check every row by a query, and its index never be read: the table's others
    begin with the alliance.
    """
    return models.ForeignKey(
        "alliance.Alliance",
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        default=current_alliance_id,
        db_constraint=False,
        db_index=False,
    )


def leaf_key(to: str, *, on_delete: Any = models.PROTECT, related_name: str = "+", **extra: Any) -> Any:
    """A key that the database holds once: by the wall's composite key `(alliance_id, x_id)`, or the same
    proved once a statement (`keys_by_statement`).

    Django's own constraint would check every row a second time, and its index be written a second time: the
    table's others begin with the alliance, as every question does (`db_index` where they do not).
    """
    once = {"db_constraint": False, "db_index": False}
    return models.ForeignKey(to, on_delete=on_delete, related_name=related_name, **once | extra)


class AllianceRow(models.Model):
    """A row that belongs to one alliance: carries its key, refuses queries outside `act_in`, stands behind
    the wall.

    The database adds what no code may forget (alliance.tenancy.walls): row security, composite foreign keys
    `(alliance_id, x_id)`, ids that only the database writes.
    """

    alliance_id: int
    alliance = models.ForeignKey(
        "alliance.Alliance",
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        default=current_alliance_id,
    )

    objects = ScopedManager(alliance="alliance", _manager_class=AllianceManager)

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def _get_FIELD_display(self, field: Any) -> Any:
        """The label of a choice. Django makes the labels of a field anew for every row of every list."""
        value = getattr(self, field.attname)
        return force_str(_labels(field).get(make_hashable(value), value), strings_only=True)


@cache
def _labels(field: Any) -> Mapping[Any, Any]:
    return dict(make_hashable(field.flatchoices))
