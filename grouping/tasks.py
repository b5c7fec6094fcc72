"""Handlers of this room's jobs register themselves when their services are imported."""

from grouping.services import grouping, intake

__all__ = ["grouping", "intake"]
