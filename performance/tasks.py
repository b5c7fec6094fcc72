"""Handlers of this room's jobs register themselves when their services are imported."""

from performance.services import approving, months

__all__ = ["approving", "months"]
