"""What can be done with surveys; each service is one sentence, one transaction, one journal entry.

Answering alone writes no journal: an entry bears a time and an order, and would lead from a person to an
answer.
"""

from complaints.surveys.services.answering import (
    answer_by_link,
    answer_by_member,
    answer_many,
    find_link,
    own_ticket,
)
from complaints.surveys.services.counting import cancel, close, count_over
from complaints.surveys.services.handing import RUN_OF, Handed, Slip, list_to_hand, print_slips, void_run
from complaints.surveys.services.opening import Terms, open_survey
from complaints.surveys.services.questionnaires import Words, adopt_ready, release, released, write
from complaints.surveys.services.refusals import LinkRefused, SurveyRefused

__all__ = [
    "RUN_OF", "Handed", "LinkRefused", "Slip", "SurveyRefused", "Terms", "Words", "adopt_ready",
    "answer_by_link", "answer_by_member", "answer_many", "cancel", "close", "count_over", "find_link",
    "list_to_hand", "open_survey", "own_ticket", "print_slips", "release", "released", "void_run",
    "write",
]  # fmt: skip
