from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "performance.verification"
    label = "verification"
    verbose_name = _("Verification by third parties")
