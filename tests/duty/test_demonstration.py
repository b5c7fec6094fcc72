"""The responsibility letters of the demonstration are made by the services, from what an alliance has."""

from __future__ import annotations

from django.utils import timezone

from alliance.models import Department, Staff
from performance.demonstration import duty
from performance.demonstration.ground import Ground
from performance.duty import show
from performance.duty.models import Signature
from performance.duty.services import rounds, signing
from performance.violations.models import Violation
from tests.world import World


def test_most_signed_some_missing_one_overdue_one_near_its_end(qinghe: World) -> None:
    ward = Department.objects.get(institution=qinghe.lead, code="03")
    for n in range(9):
        Staff.objects.create(
            institution=qinghe.lead, code=f"D{n}", name=f"医生{n}", kind="doctor", department=ward
        )
    own = {name: one for name, one in qinghe.people.items() if one.alliance_id == qinghe.qinghe.pk}
    base = Ground(qinghe.qinghe, {"A01": qinghe.lead}, {}, own, [qinghe.luo, qinghe.meng], qinghe.lin)
    assert "letters signed" in duty.load(base, timezone.now())
    today = timezone.localdate()
    round_ = rounds.current()
    assert round_ is not None
    people = list(rounds.due(round_, today))
    due, signed, overdue = show.counted(people, today, lambda one: 0)[0]
    assert signed > due // 2 and overdue == 1 and due - signed == 3
    near = [one for one in people if one.valid_to and signing.renews(one.valid_to, today)]
    assert len(near) == 1
    assert all(signing.true(one) for one in Signature.objects.named())
    row = Violation.objects.get(kind="swapped")
    assert row.person is not None and signing.held(row.person_id, row.happened_on) is not None
