from django.apps import AppConfig
from django.utils.translation import gettext_lazy
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
        from alliance.web import carrying
        from performance.life import standing
        from performance.meetings import checking, elsewhere, show_checking, show_tasks
        from performance.meetings.services import bodies, resolving
        from performance.meetings.waiting import waiting
        from performance.models import MonthStep

        deciding.register(
            deciding.Bodies(bodies.codes_of, bodies.users_of, bodies.title_of, bodies.titles, bodies.roles_of)
        )
        inbox.register("meetings", waiting)
        carrying.offer("meetings", show_tasks.offers, show_tasks.follows)
        standing.register(MonthStep.MEETING, checking.held, show_checking.opens)
        registry.register(
            resolving.KIND, name=_("Resolution"), digest=resolving.digest_of, summary=elsewhere.summary,
            title=elsewhere.title, barred=resolving.absent, present_only=True, own_chain=False,
            why_barred=gettext_lazy(
                "You are not recorded as present at the meeting. So you have no vote in it."
            ),
        )  # fmt: skip
        registry.on_decided(resolving.KIND, resolving.decided)
        show_tasks.register_origin("meetings.resolution", show_tasks.resolution)
