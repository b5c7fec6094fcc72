"""Forms of surveys: the questionnaire itself, opening a survey, the next edition."""

from complaints.surveys.forms.answer import AnswerForm
from complaints.surveys.forms.office import CancelForm, OpenForm

__all__ = ["AnswerForm", "CancelForm", "OpenForm"]
