"""What happens to clues: the look of a month opens them, institutions explain, uninvolved people decide."""

from performance.fairness.services.deciding import accept, confirm, dismiss, give_back, propose, revoke
from performance.fairness.services.explaining import explain
from performance.fairness.services.looking import LOOK, RUN, enqueue, enqueue_due, look

__all__ = [
    "LOOK",
    "RUN",
    "accept",
    "confirm",
    "dismiss",
    "enqueue",
    "enqueue_due",
    "explain",
    "give_back",
    "look",
    "propose",
    "revoke",
]
