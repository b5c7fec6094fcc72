from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Config(AppConfig):
    name = "performance.tolerance"
    label = "tolerance"
    verbose_name = _("Error tolerance")

    def ready(self) -> None:
        from alliance.approvals import registry
        from alliance.ledger import evidence
        from alliance.services import inbox
        from performance.tolerance import reliefs, services, show, show_reliefs
        from performance.tolerance.waiting import waiting

        registry.register(
            services.KIND, name=_("Error tolerance"), digest=services.digest_of, summary=show.summary,
            title=show.title,
        )  # fmt: skip
        name = _("Correction of an exemption")
        registry.register(
            reliefs.KIND, name=name, digest=reliefs.digest_of, summary=show_reliefs.summary
        )  # fmt: skip
        evidence.name_journals(reliefs.KIND, name)
        evidence.register(reliefs.KIND, lambda pk: reverse("relief", args=[pk]), name)
        evidence.name_reasons({
            "decision": pgettext_lazy("reason", "decision"), "exempt_fen": _("exempted (yuan)"),
        })  # fmt: skip
        inbox.register("tolerance", waiting)
