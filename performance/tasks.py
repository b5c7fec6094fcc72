"""Handlers of this room's jobs register themselves when their services are imported."""

from performance.levels import services as levels
from performance.services import approving, drafts, months, trials

__all__ = ["approving", "drafts", "levels", "months", "trials"]
