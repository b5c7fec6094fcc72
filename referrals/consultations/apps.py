from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "referrals.consultations"
    label = "consultations"
    verbose_name = _("Consultations")

    def ready(self) -> None:
        from alliance.services import inbox
        from referrals.consultations import countables
        from referrals.consultations.waiting import waiting

        inbox.register("consultations", waiting)
        countables.register_all()
