"""What can be done with equipment; each service is one sentence, one transaction, one journal entry."""

from alliance.equipment.services.booking import Wish, book, faults
from alliance.equipment.services.outages import declare, lift
from alliance.equipment.services.refusals import EquipmentRefused, SlotTaken
from alliance.equipment.services.register import enter_device
from alliance.equipment.services.rooms import hold, room_of
from alliance.equipment.services.steps import cancel, miss, move, shorten, tell
from alliance.equipment.services.usage import Log, confirm, deny, record, record_booking, void
from alliance.equipment.services.waiting import join, leave

__all__ = [
    "EquipmentRefused",
    "Log",
    "SlotTaken",
    "Wish",
    "book",
    "cancel",
    "confirm",
    "declare",
    "deny",
    "enter_device",
    "faults",
    "hold",
    "join",
    "leave",
    "lift",
    "miss",
    "move",
    "record",
    "record_booking",
    "room_of",
    "shorten",
    "tell",
    "void",
]
