"""What the rows of joint work share."""

from __future__ import annotations

from typing import Any

from django.db import models


def link(label: Any, *, to: str = "alliance.Institution", **extra: Any) -> Any:
    """A link to a place or person of the ground."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **extra)
