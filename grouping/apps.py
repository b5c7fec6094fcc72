from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def keep_shipped(**kwargs: object) -> None:
    """Once the whole schema stands, keep the shipped schemes in use and take in what the product changed."""
    from django.db import connection, transaction
    from django.db.migrations.executor import MigrationExecutor

    from alliance.models import Alliance
    from alliance.tenancy.scope import act_in
    from grouping.services import schemes

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    for alliance in Alliance.objects.order_by("pk"):
        with act_in(alliance), transaction.atomic():
            schemes.keep_shipped()


class Config(AppConfig):
    name = "grouping"
    verbose_name = _("Cases and groups")

    def ready(self) -> None:
        from django.apps import apps

        from alliance.services import inbox
        from alliance.web import carrying, journal_words
        from grouping.central import origins
        from grouping.dip import approval as dip
        from grouping.disputes.waiting import waiting as disputes
        from grouping.metrics.figures import figure_word
        from grouping.reports import approval as reports
        from grouping.tariffs import approval as tariffs
        from grouping.versions import approval
        from grouping.waiting import figures, waiting

        dip.register()
        reports.register()
        last = [app for app in apps.get_app_configs() if app.models_module][-1]
        post_migrate.connect(keep_shipped, sender=last)
        journal_words.register("figure", figure_word)
        inbox.register("grouping", waiting)
        carrying.source(origins.KIND, origins.result)
        inbox.register("disputes", disputes)
        inbox.register_figures("grouping", figures)
        approval.register()
        tariffs.register()
