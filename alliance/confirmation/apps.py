from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "alliance.confirmation"
    label = "confirmation"
    verbose_name = _("Mutual confirmation")

    def ready(self) -> None:
        from alliance.confirmation import origins
        from alliance.confirmation.waiting import waiting
        from alliance.services import inbox
        from alliance.web import carrying

        inbox.register("confirmation", waiting)
        carrying.source(origins.KIND, origins.difference)
