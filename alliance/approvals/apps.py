from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "alliance.approvals"
    label = "approvals"
    verbose_name = _("Approvals")

    def ready(self) -> None:
        from alliance.approvals import show_chains
        from alliance.approvals.waiting import waiting
        from alliance.services import inbox

        inbox.register("approvals", waiting)
        show_chains.register()
