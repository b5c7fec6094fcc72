from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "grouping.abnormal"
    label = "abnormal"
    verbose_name = _("Abnormal cases")

    def ready(self) -> None:
        from alliance.services import inbox
        from grouping.abnormal.waiting import waiting

        inbox.register("abnormal", waiting)
