"""Tables of surveys; other rooms read facts."""

from complaints.surveys.models.answers import Answer, Remark
from complaints.surveys.models.campaigns import Campaign, Stratum, Ticket
from complaints.surveys.models.handing import PrintRun
from complaints.surveys.models.questionnaires import Edition, Questionnaire
from complaints.surveys.models.results import Comment, Exclusion, Result

__all__ = [
    "Answer", "Campaign", "Comment", "Edition", "Exclusion", "PrintRun", "Questionnaire", "Remark",
    "Result", "Stratum", "Ticket",
]  # fmt: skip
