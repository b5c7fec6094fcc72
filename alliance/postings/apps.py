from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "alliance.postings"
    label = "postings"
    verbose_name = _("Postings")

    def ready(self) -> None:
        from alliance.postings import countables
        from alliance.postings.waiting import waiting
        from alliance.services import inbox

        inbox.register("postings", waiting)
        countables.register_all()
