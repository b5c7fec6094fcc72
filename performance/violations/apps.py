from django.apps import AppConfig
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "performance.violations"
    label = "violations"
    verbose_name = _("Violations")

    def ready(self) -> None:
        """A finding takes effect by a vote; what waits stands in the inbox."""
        from alliance.approvals import registry
        from alliance.services import inbox
        from alliance.web import carrying
        from performance.violations import show
        from performance.violations.services import deciding, uninvolved
        from performance.violations.waiting import waiting

        registry.register(
            deciding.KIND, name=_("Finding about a violation"), digest=deciding.digest_of,
            summary=show.summary, barred=uninvolved.involved,
            why_barred=gettext_lazy(
                "You opened this case or belong to the institution it is about. So you do not decide it."
            ),
        )  # fmt: skip
        registry.on_decided(deciding.KIND, deciding.decided)
        inbox.register("violations", waiting)
        carrying.offer("violations", show.offers, show.follows)
