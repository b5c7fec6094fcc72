from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "complaints.surveys"
    label = "surveys"
    verbose_name = _("Surveys")

    def ready(self) -> None:
        from alliance.services import inbox
        from alliance.training import policy
        from complaints.surveys.facts import quizzes
        from complaints.surveys.waiting import waiting

        inbox.register("surveys", waiting)
        policy.register_quiz(quizzes)
