from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "performance"
    verbose_name = _("Performance")

    def ready(self) -> None:
        """What the rooms have to say in the inbox and to the deciders."""
        self._decided()
        self._waiting()
        self._frozen()
        self._origins()

    def _origins(self) -> None:
        from performance import origins

        origins.register()

    def _frozen(self) -> None:
        from alliance.services import rosters
        from performance.roster import services

        rosters.register(services.frozen_on)

    def _waiting(self) -> None:
        from alliance.services import inbox
        from performance.appeals.waiting import waiting as appeals
        from performance.bulletin.waiting import waiting as to_release
        from performance.consequences.waiting import waiting as to_consider
        from performance.declared.waiting import waiting as to_declare
        from performance.evaluations.waiting import waiting as to_rate
        from performance.fairness.waiting import waiting as clues
        from performance.life.waiting import waiting as late_steps
        from performance.onsite.waiting import waiting as on_site
        from performance.pay.waiting import waiting as to_pay
        from performance.payout.waiting import waiting as to_pay_out

        inbox.register("evaluations", to_rate)
        inbox.register("clues", clues)
        inbox.register("calendar", late_steps)
        inbox.register("onsite", on_site)
        inbox.register("pay", to_pay)
        inbox.register("appeals", appeals)
        inbox.register("payout", to_pay_out)
        inbox.register("declared", to_declare)
        inbox.register("papers", to_release)
        inbox.register("consequences", to_consider)

    def _decided(self) -> None:
        from alliance.approvals import registry
        from performance.appeals import elsewhere as appeals
        from performance.consequences import show, show_years
        from performance.consequences.services import annual, proposals
        from performance.declared import show_samples
        from performance.declared.services import samples
        from performance.deductions import elsewhere as deductions
        from performance.dictionary import disputed
        from performance.fairness.services import remedies
        from performance.fairness.show import remedies as show_remedies
        from performance.life import elsewhere as life
        from performance.pay import elsewhere as pay
        from performance.payout import elsewhere as payout
        from performance.show import elsewhere

        elsewhere.register()
        disputed.register()
        pay.register()
        deductions.register()
        appeals.register()
        payout.register()
        life.register()
        registry.register(
            samples.KIND, name=_("One-vote veto"), digest=samples.digest_of, summary=show_samples.summary
        )
        registry.register(
            proposals.KIND, name=_("Consequence"), digest=proposals.digest_of, summary=show.summary,
            title=show.title,
        )  # fmt: skip
        registry.register(
            annual.KIND, name=_("Annual evaluation"), digest=annual.digest_of, summary=show_years.summary,
            title=show_years.title,
        )  # fmt: skip
        registry.register(
            remedies.KIND, name=_("Measure after a clue"), digest=remedies.digest_of,
            summary=show_remedies.summary, title=show_remedies.title,
        )  # fmt: skip
