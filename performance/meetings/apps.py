from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "performance.meetings"
    label = "meetings"
    verbose_name = _("Meetings")

    def ready(self) -> None:
        """Bodies decide by their members; what waits of meetings stands in the inbox."""
        from alliance.approvals import bodies as deciding
        from alliance.approvals import registry
        from alliance.services import inbox
        from performance.meetings import elsewhere, show_tasks
        from performance.meetings.services import bodies, resolving
        from performance.meetings.waiting import waiting

        deciding.register(deciding.Bodies(bodies.codes_of, bodies.users_of, bodies.title_of))
        inbox.register("meetings", waiting)
        registry.register(
            resolving.KIND, name=_("Resolution"), digest=resolving.digest_of, summary=elsewhere.summary,
            title=elsewhere.title,
        )  # fmt: skip
        registry.on_decided(resolving.KIND, resolving.decided)
        show_tasks.register_origin("meetings.resolution", show_tasks.resolution)
