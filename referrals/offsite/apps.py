from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "referrals.offsite"
    label = "offsite"
    verbose_name = _("Off-site care filing")

    def ready(self) -> None:
        from alliance.services import inbox
        from referrals.offsite.waiting import waiting

        inbox.register("offsite", waiting)
