"""What the rows of this room share: rights, links, the file behind an answer."""

from __future__ import annotations

from typing import Any

from django.db import models

VIEW, RUN, ANSWER = "meeting.view", "meeting.run", "task.answer"


def link(label: Any, to: str, **extra: Any) -> Any:
    """A link downward."""
    return models.ForeignKey(to, verbose_name=label, on_delete=models.PROTECT, related_name="+", **extra)
