"""The clock of the demonstration: its deeds happen at the times they tell; histories read as lived."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone


@contextmanager
def acting(at: datetime) -> Iterator[None]:
    """Let the clock of this process stand at `at` and go on from there while deeds are done.

    What is stamped when it is stored (steps, proposals, verdicts, the journal) carries that time. Only the
    process that loads a demonstration does so: services everywhere else are told the time or ask for it.
    """
    real = timezone.now
    began = real()
    timezone.now = lambda: at + (real() - began)
    try:
        yield
    finally:
        timezone.now = real
