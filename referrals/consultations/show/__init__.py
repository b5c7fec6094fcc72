"""What the pages of consultations show."""

from referrals.consultations.show.asking import act_page, ask_page, both, done, due, empty
from referrals.consultations.show.page import act_url, page, step_form

__all__ = ["act_page", "act_url", "ask_page", "both", "done", "due", "empty", "page", "step_form"]
