from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "referrals"
    verbose_name = _("Referrals")

    def ready(self) -> None:
        from alliance.services import inbox
        from referrals.waiting import waiting

        inbox.register("referrals", waiting)
