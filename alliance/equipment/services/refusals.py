"""Why something about equipment is refused: a stable word, a sentence with its remedy, the form's field."""

from __future__ import annotations

from alliance.lib.refusal import Refused


class EquipmentRefused(Refused):
    """A booking, an outage or a use cannot be stored as asked; `field` names the form field, '' for all."""

    reasons = {
        "no_institution": "You stand for the whole alliance. Only a member of an institution can do this.",
        "not_shared": "This device is not open to other institutions. Ask its owner.",
        "retired": "This device is no longer in use. Choose another.",
        "own_system": "This device is booked in its owner's own system. Telephone the owner; "
        "the confirmed usage log counts.",
        "taken": "This time has just been taken. Choose another time or join the waiting list.",
        "closed": "The device does not run at that time. It runs %(opening)s.",
        "off_step": "Bookings of this device begin every %(minutes)s minutes after opening.",
        "out": "The device is out of order at that time. Choose another time.",
        "past": "This time has passed. Choose a later one.",
        "too_far": "Bookings are taken %(days)s days ahead. Choose an earlier day.",
        "item": "Choose an examination item of this device.",
        "length": "Say how many minutes are needed, from 1 to 720.",
        "purpose": "Choose what the booking is for.",
        "person": "A booking for a patient needs the patient.",
        "nobody": "A booking for teaching or maintenance names no patient.",
        "maintenance": "Only the owner books time for maintenance.",
        "safety": "Go through the safety questions with the patient and confirm them.",
        "operator": "This device is operated by your own staff: name who operates it.",
        "operator_place": "The operator works neither at your institution nor at the owner's.",
        "operator_skill": "%(name)s has no valid qualification “%(skill)s” on %(day)s. "
        "Enter it, or name somebody else.",
        "finished": "This booking is %(state)s: nothing of it can be changed.",
        "note": "Say why in a few words: the other side reads it.",
        "reason": "Choose a reason from the list.",
        "too_early": "It has not begun yet. A missed booking is entered from %(from)s on.",
        "not_shorter": "The new end lies between the beginning and the present end.",
        "span": "The end lies after the beginning.",
        "long_outage": "An outage lasts at most %(days)s days. "
        "Enter a longer one in parts, or retire the device.",
        "kind": "Choose a reason from the list.",
        "lifted": "This outage is over or was lifted already.",
        "window": "Say from when to when a slot would suit, at least as long as the examination.",
        "free": "A slot is free in that time: %(at)s. Book it instead of waiting.",
        "waits": "This patient already waits for this examination.",
        "left": "This place in the waiting list is %(state)s.",
        "future": "A use is entered after it has begun.",
        "too_long": "A use lasts at most %(hours)s hours. Check the times.",
        "fee": "The fee is a whole number of fen from 0.",
        "reader": "The reading institution is not a member.",
        "log_number": "The log number %(number)s of this device is already entered.",
        "not_yours": "The other side confirms this, not the one who stated it.",
        "settled": "This use is %(state)s.",
        "open_clearing": "Another clearing is not posted yet. Post it or discard it first.",
        "closed_books": "The books of %(month)s are closed. Make the clearing for an open month: "
        "it takes in what came late.",
        "nothing_owed": "Nobody owes anything for equipment up to %(month)s.",
        "not_a_draft": "This clearing is %(state)s: it stays as it is.",
        "changed_since": "Uses, rules or costs changed since this draft was made. "
        "Discard it and make it again.",
        "request_reason": "Name the device and say why it is needed.",
        "estimate": "The estimated cost is an amount above 0.",
        "department": "This department belongs to another institution.",
        "both": "Either the owner or the user of the device enters its use.",
    }
    fields = {
        "no_institution": "", "not_shared": "", "retired": "", "own_system": "", "taken": "", "finished": "",
        "too_early": "", "lifted": "", "free": "", "waits": "", "left": "", "not_yours": "", "settled": "",
        "open_clearing": "", "closed_books": "", "nothing_owed": "", "not_a_draft": "", "changed_since": "",
        "both": "", "closed": "starts_at", "off_step": "starts_at", "out": "starts_at", "past": "starts_at",
        "too_far": "starts_at", "length": "minutes", "person": "name", "nobody": "name",
        "maintenance": "purpose", "operator_place": "operator", "operator_skill": "operator", "note": "text",
        "not_shorter": "ends_at", "span": "ends_at", "long_outage": "ends_at", "window": "latest",
        "future": "started_at", "too_long": "ended_at", "request_reason": "reason",
    }  # fmt: skip


class SlotTaken(EquipmentRefused):
    """Somebody else holds the time: the answer is 409 (N32)."""

    def __init__(self) -> None:
        super().__init__("taken")
