"""What is done with training."""

from alliance.training.services.delivery import Delivered, deliver
from alliance.training.services.fund import confirm, reject, spend
from alliance.training.services.refusals import TrainingRefused
from alliance.training.services.sessions import Plan, Presence, attend, cancel, close, plan, void
from alliance.training.services.sheets import attend_by_sheet

__all__ = [
    "Delivered",
    "Plan",
    "Presence",
    "TrainingRefused",
    "attend",
    "attend_by_sheet",
    "cancel",
    "close",
    "confirm",
    "deliver",
    "plan",
    "reject",
    "spend",
    "void",
]
