from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "performance.improvement"
    label = "improvement"
    verbose_name = _("Improvement")
