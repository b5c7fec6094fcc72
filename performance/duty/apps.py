from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "performance.duty"
    label = "duty"
    verbose_name = _("Responsibility letters")

    def ready(self) -> None:
        """What waits to be signed stands in the inbox."""
        from alliance.services import inbox
        from performance.duty.waiting import waiting

        inbox.register("duty", waiting)
