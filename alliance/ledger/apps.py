from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "alliance.ledger"
    label = "ledger"
    verbose_name = _("Ledger")

    def ready(self) -> None:
        from alliance.ledger import proposals

        proposals.register()
