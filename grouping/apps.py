from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "grouping"
    verbose_name = _("Cases and groups")
