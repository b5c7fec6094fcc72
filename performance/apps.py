from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "performance"
    verbose_name = _("Performance")

    def ready(self) -> None:
        from alliance.services import inbox
        from performance.declared.waiting import waiting
        from performance.show import elsewhere

        elsewhere.register()
        inbox.register("declared", waiting)
