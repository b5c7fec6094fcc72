from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "referrals.recognition"
    label = "recognition"
    verbose_name = _("Recognition of results")

    def ready(self) -> None:
        from alliance.services import inbox
        from referrals.recognition.waiting import waiting

        inbox.register("recognition", waiting)
