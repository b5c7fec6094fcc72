"""The log of a hospital's own system as a sheet: every line a use the other side confirms (S2-22)."""

# django-import-export carries no types: its calls are not judged here.
# mypy: disable-error-code="no-untyped-call,misc"

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.equipment.cells import AnyPlace, ItemCode, MomentCell, YuanCell
from alliance.equipment.models import Device, ExamItem, Usage
from alliance.equipment.resources import EquipmentResource
from alliance.equipment.services import EquipmentRefused, Log, rooms
from alliance.equipment.services.usage import check
from alliance.lib.period import Month
from alliance.models import Institution
from alliance.resources import AllianceResource, column
from alliance.sheet_cells import Code
from alliance.web.refused import worded

# The column of a line that a refusal of the service belongs to, where its form field has another name.
COLUMNS = {"item": "item_name", "fee": "fee_fen", "ends_at": "ended_at"}


class UsageResource(EquipmentResource):
    """The log of the owner's own system: by device and its own number; the other side confirms each line."""

    headed: ClassVar[dict[str, Any]] = {"fee_fen": gettext_lazy("charged (yuan)")}

    owner = column("owner", Code(Institution))
    device = column("device", Code(Device, beside="owner"))
    log_number = column("log_number")
    institution = column("institution", AnyPlace(Institution))
    item, item_name = column("item", ItemCode(ExamItem)), column("item_name")
    started_at, ended_at = column("started_at", MomentCell()), column("ended_at", MomentCell())
    fee_fen = column("fee_fen", YuanCell())
    collected_by, reader = (column(one, AnyPlace(Institution)) for one in ("collected_by", "reader"))
    result_ref = column("result_ref")

    class Meta(AllianceResource.Meta):
        model = Usage
        import_id_fields = ("owner", "device", "log_number")
        fields = (
            "owner", "device", "log_number", "institution", "item", "item_name", "started_at", "ended_at",
            "fee_fen", "collected_by", "reader", "result_ref",
        )  # fmt: skip

    def get_queryset(self) -> Any:
        """Lines that count or may still count; a number that was taken back is free again."""
        return Usage.objects.exclude(state=Usage.State.VOID)

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """A line as a use: its month, who states it, who charged; and what cannot be."""
        super().import_instance(instance, row, **kwargs)
        if not instance.pk:
            instance.stated_by, instance.source = self.member, Usage.Source.SHEET
            instance.stated_for = instance.owner
        instance.month = Month.of(rooms.day_of(instance.started_at)).first_day
        if instance.collected_by_id is None:
            instance.collected_by = instance.institution
        instance.item_name = instance.item_name or (instance.item.name if instance.item else "")
        if not instance.log_number:
            raise ValidationError({"log_number": _("The log's own number is missing.")})
        try:
            check(_log(instance), timezone.now())
        except EquipmentRefused as error:
            field = COLUMNS.get(error.field, error.field)
            field = field if field in self.fields else "log_number"
            raise ValidationError({field: worded(error)}) from error

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        """A line as it is stored is skipped; one that both sides stand by is never changed by a sheet."""
        same: bool = super().skip_row(instance, original, row, import_validation_errors)
        if not same and original.pk and original.state == Usage.State.CONFIRMED:
            sentence = _("Both sides stand by this use. Take it back first, then deliver it again.")
            import_validation_errors["log_number"] = ValidationError(sentence)
        return same

    def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """The owner's own use needs nobody else."""
        if instance.institution_id == instance.owner_id and instance.state == Usage.State.STATED:
            Usage.objects.claim(
                instance.pk, expect={"state": Usage.State.STATED},
                change={
                    "state": Usage.State.CONFIRMED, "confirmed_by": self.member,
                    "confirmed_at": timezone.now(),
                },
            )  # fmt: skip


def _log(use: Usage) -> Log:
    return Log(
        use.device, use.institution, use.started_at, use.ended_at, use.item, use.item_name,
        -1 if use.fee_fen is None else use.fee_fen,
    )  # fmt: skip
