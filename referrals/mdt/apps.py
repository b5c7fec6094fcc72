from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "referrals.mdt"
    label = "mdt"
    verbose_name = _("Multidisciplinary records")

    def ready(self) -> None:
        from alliance.services import inbox
        from referrals.mdt.waiting import waiting

        inbox.register("mdt", waiting)
