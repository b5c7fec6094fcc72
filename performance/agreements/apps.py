from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "performance.agreements"
    label = "agreements"
    verbose_name = _("Agreements")

    def ready(self) -> None:
        """A task of a clause says where it comes from; what waits stands in the inbox."""
        from alliance.services import inbox
        from performance.agreements import show_clause
        from performance.agreements.waiting import waiting
        from performance.meetings import show_tasks

        show_tasks.register_origin("agreements.clausecheck", show_clause.origin)
        inbox.register("agreements", waiting)
