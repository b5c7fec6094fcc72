from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "performance.tolerance"
    label = "tolerance"
    verbose_name = _("Error tolerance")

    def ready(self) -> None:
        from alliance.approvals import registry
        from alliance.services import inbox
        from performance.tolerance import services, show
        from performance.tolerance.waiting import waiting

        registry.register(
            services.KIND, name=_("Error tolerance"), digest=services.digest_of, summary=show.summary,
            title=show.title,
        )  # fmt: skip
        inbox.register("tolerance", waiting)
