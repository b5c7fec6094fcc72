from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "alliance.joint"
    label = "joint"
    verbose_name = _("Joint work")

    def ready(self) -> None:
        from alliance.joint import work
        from alliance.joint.waiting import waiting
        from alliance.services import inbox

        inbox.register("joint", waiting)
        work.register_all()
