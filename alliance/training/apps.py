from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "alliance.training"
    label = "training"
    verbose_name = _("Training")

    def ready(self) -> None:
        from alliance.services import inbox
        from alliance.training.waiting import figures, waiting

        inbox.register("training", waiting)
        inbox.register_figures("training", figures)
