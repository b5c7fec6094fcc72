from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "performance.improvement"
    label = "improvement"
    verbose_name = _("Improvement")

    def ready(self) -> None:
        """An action of an item says where it comes from."""
        from alliance.web import carrying
        from grouping.abnormal import services as abnormal
        from performance.improvement import show
        from performance.meetings import show_tasks

        show_tasks.register_origin("improvement.item", show.origin)
        abnormal.register_followed("improvement.item", _("improvement item"), show.offered, "improvement")
        carrying.offer("improvement", show.offers, show.follows)
