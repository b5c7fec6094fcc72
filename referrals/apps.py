from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "referrals"
    verbose_name = _("Referrals")

    def ready(self) -> None:
        from alliance.services import inbox
        from grouping.readmission import links
        from referrals import coordination, countables
        from referrals.services import stays
        from referrals.waiting import waiting

        inbox.register("referrals", waiting)
        links.register("referrals", stays.accepted)
        countables.register_all()
        coordination.register_all()
