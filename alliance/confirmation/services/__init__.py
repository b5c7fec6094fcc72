"""What is done with mutual confirmation."""

from alliance.confirmation.services.confirming import Done, confirm, confirm_many
from alliance.confirmation.services.differences import answer, settle
from alliance.confirmation.services.looking import Seen
from alliance.confirmation.services.objecting import Objection, object_to, report_missing
from alliance.confirmation.services.refusals import ConfirmationRefused
from alliance.confirmation.services.reopening import reopen
from alliance.confirmation.services.rounds import (
    Taken,
    count_again,
    months_to_open,
    open_due,
    open_round,
    recount,
    recount_fresh,
)

__all__ = [
    "ConfirmationRefused",
    "Done",
    "Objection",
    "Seen",
    "Taken",
    "answer",
    "confirm",
    "confirm_many",
    "count_again",
    "months_to_open",
    "object_to",
    "open_due",
    "open_round",
    "recount",
    "recount_fresh",
    "reopen",
    "report_missing",
    "settle",
]
