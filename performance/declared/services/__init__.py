"""What is done with declared values."""

from performance.declared.services.deciding import (
    confirm,
    confirm_all,
    send_back,
    submit,
    submit_all,
    withdraw,
)
from performance.declared.services.duties import release, watch
from performance.declared.services.entering import Entry, Place, change, enter
from performance.declared.services.proving import prove

__all__ = [
    "Entry", "Place", "change", "confirm", "confirm_all", "enter", "prove", "release",
    "send_back", "submit", "submit_all", "watch", "withdraw",
]  # fmt: skip
