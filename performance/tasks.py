"""Handlers of this room's jobs register themselves when their services are imported."""

from performance.services import approving, drafts, months, trials

__all__ = ["approving", "drafts", "months", "trials"]
