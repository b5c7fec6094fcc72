from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "performance.meetings"
    label = "meetings"
    verbose_name = _("Meetings")
