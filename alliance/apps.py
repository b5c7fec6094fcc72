from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def raise_walls(**kwargs: object) -> None:
    """After the last app has migrated, derive the walls anew: nobody writes them by hand, nobody can forget
    them.
    """
    from alliance.tenancy import walls

    walls.build()


class AllianceConfig(AppConfig):
    name = "alliance"
    verbose_name = _("Ground data")

    def ready(self) -> None:
        from django.apps import apps
        from django.utils.module_loading import autodiscover_modules

        from alliance.web import parameter_approval

        autodiscover_modules("tasks")  # handlers of jobs register themselves
        parameter_approval.register()
        last = [app for app in apps.get_app_configs() if app.models_module][-1]
        post_migrate.connect(raise_walls, sender=last)
