from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "complaints.events"
    label = "events"
    verbose_name = _("Days of patients")

    def ready(self) -> None:
        from alliance.services import inbox
        from complaints.events.waiting import waiting

        inbox.register("events", waiting)
