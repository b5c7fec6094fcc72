"""What the pages of referrals show: facts, buttons, history, sentences."""

from referrals.show.emergency import emergency, form_later
from referrals.show.log import amend_page, benefits, both, log_page
from referrals.show.page import act_page, arguments, done, due, empty, page
from referrals.show.papers import form_page, reception

__all__ = [
    "act_page",
    "amend_page",
    "arguments",
    "benefits",
    "both",
    "done",
    "due",
    "emergency",
    "empty",
    "form_later",
    "form_page",
    "log_page",
    "page",
    "reception",
]
