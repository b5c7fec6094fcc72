from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def raise_walls(**kwargs: object) -> None:
    """After the last app has migrated, derive the walls anew: nobody writes them by hand, nobody can forget
    them.
    """
    from alliance.tenancy import walls

    walls.build()


def complete_alliances(**kwargs: object) -> None:
    """Once the whole schema stands, alliances founded under an older version get what is new since."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from alliance.services import alliances

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        alliances.complete_all()


class AllianceConfig(AppConfig):
    name = "alliance"
    verbose_name = _("Ground data")

    def ready(self) -> None:
        from django.apps import apps
        from django.utils.module_loading import autodiscover_modules

        from alliance.web import journal_objects, journal_words, parameter_approval

        autodiscover_modules("tasks")  # handlers of jobs register themselves
        parameter_approval.register()
        journal_words.register("object", journal_objects.of_page)
        last = [app for app in apps.get_app_configs() if app.models_module][-1]
        post_migrate.connect(raise_walls, sender=last)
        post_migrate.connect(complete_alliances, sender=last)
