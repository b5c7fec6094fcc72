from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "complaints.bills"
    label = "bills"
    verbose_name = _("Questions about bills")
