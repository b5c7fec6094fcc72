from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "complaints"
    verbose_name = _("Complaints")

    def ready(self) -> None:
        from alliance.approvals import registry
        from alliance.services import inbox
        from alliance.web import carrying, journal_words
        from complaints import origins
        from complaints.categories import words
        from complaints.services import keepers
        from complaints.show import keepers as shown
        from complaints.waiting import waiting

        inbox.register("complaints", waiting)
        carrying.source(origins.KIND, origins.complaint)
        carrying.source(origins.MONTH, origins.cause)
        registry.register(
            keepers.KIND, name=_("Keeper of the sealed box"), own_chain=False, digest=keepers.digest_of,
            summary=shown.summary, title=shown.title,
        )  # fmt: skip
        registry.on_decided(keepers.KIND, keepers.decided)
        journal_words.register("category", words)
