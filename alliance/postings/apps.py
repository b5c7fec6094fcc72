from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "alliance.postings"
    label = "postings"
    verbose_name = _("Postings")

    def ready(self) -> None:
        from alliance.postings import countables
        from alliance.postings.waiting import figures, waiting
        from alliance.services import inbox

        inbox.register("postings", waiting)
        inbox.register_figures("postings", figures)
        countables.register_all()
