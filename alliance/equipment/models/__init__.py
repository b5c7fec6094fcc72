from alliance.equipment.models.bookings import Booking, Outage, Waiting
from alliance.equipment.models.clearing import ClearedUse, Clearing, ClearingLine, SplitRule
from alliance.equipment.models.purchases import CityRank, PurchaseRequest
from alliance.equipment.models.register import CostItem, Device, ExamItem, Qualification
from alliance.equipment.models.usage import Usage

__all__ = [
    "Booking",
    "CityRank",
    "ClearedUse",
    "Clearing",
    "ClearingLine",
    "CostItem",
    "Device",
    "ExamItem",
    "Outage",
    "PurchaseRequest",
    "Qualification",
    "SplitRule",
    "Usage",
    "Waiting",
]
