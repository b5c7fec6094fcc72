from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "alliance.equipment"
    label = "equipment"
    verbose_name = _("Shared equipment")

    def ready(self) -> None:
        from alliance.equipment import countables, proposals
        from alliance.equipment.inbox import waiting
        from alliance.services import inbox

        inbox.register("equipment", waiting)
        proposals.register()
        countables.register_all()
