from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "grouping"
    verbose_name = _("Cases and groups")

    def ready(self) -> None:
        from alliance.services import inbox
        from grouping.reports import approval as reports
        from grouping.tariffs import approval as tariffs
        from grouping.versions import approval
        from grouping.waiting import figures, waiting

        reports.register()
        inbox.register("grouping", waiting)
        inbox.register_figures("grouping", figures)
        approval.register()
        tariffs.register()
