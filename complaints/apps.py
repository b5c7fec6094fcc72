from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "complaints"
    verbose_name = _("Complaints")

    def ready(self) -> None:
        from alliance.services import inbox
        from alliance.web import journal_words
        from complaints.categories import words
        from complaints.waiting import waiting

        inbox.register("complaints", waiting)
        journal_words.register("category", words)
