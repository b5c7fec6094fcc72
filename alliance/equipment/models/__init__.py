from alliance.equipment.models.bookings import Booking, Outage, Waiting
from alliance.equipment.models.register import CostItem, Device, ExamItem, Qualification
from alliance.equipment.models.usage import Usage

__all__ = ["Booking", "CostItem", "Device", "ExamItem", "Outage", "Qualification", "Usage", "Waiting"]
