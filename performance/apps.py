from django.apps import AppConfig
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "performance"
    verbose_name = _("Performance")

    def ready(self) -> None:
        from alliance.approvals import registry
        from alliance.services import inbox
        from performance.consequences import show as consequences
        from performance.consequences import show_years
        from performance.consequences import waiting as to_consider
        from performance.consequences.services import annual, proposals
        from performance.declared import show_samples
        from performance.declared.services import samples
        from performance.declared.waiting import waiting
        from performance.evaluations.waiting import waiting as to_rate
        from performance.fairness.waiting import waiting as clues
        from performance.onsite.waiting import waiting as on_site
        from performance.show import elsewhere

        elsewhere.register()
        inbox.register("evaluations", to_rate)
        inbox.register("clues", clues)
        inbox.register("onsite", on_site)
        registry.register(
            samples.KIND,
            name=gettext_lazy("One-vote veto"),
            digest=samples.digest_of,
            summary=show_samples.summary,
        )
        inbox.register("declared", waiting)
        registry.register(
            proposals.KIND,
            name=gettext_lazy("Consequence"),
            digest=proposals.digest_of,
            summary=consequences.summary,
            title=consequences.title,
        )
        registry.register(
            annual.KIND,
            name=gettext_lazy("Annual evaluation"),
            digest=annual.digest_of,
            summary=show_years.summary,
            title=show_years.title,
        )
        inbox.register("consequences", to_consider.waiting)
