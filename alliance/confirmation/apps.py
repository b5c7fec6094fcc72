from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "alliance.confirmation"
    label = "confirmation"
    verbose_name = _("Mutual confirmation")

    def ready(self) -> None:
        from alliance.confirmation.waiting import waiting
        from alliance.services import inbox

        inbox.register("confirmation", waiting)
