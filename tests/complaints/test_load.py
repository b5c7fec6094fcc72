"""Fifty people a second complain at a really running server: none is lost, and the pages of staff answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings

from alliance.tenancy.scope import act_in
from complaints.models import Complaint
from tests.complaints import load
from tests.world import World, make_world

pytestmark = pytest.mark.slow
PEOPLE, A_SECOND, PORT = 500, 50, 18_043


@pytest.fixture
def town(own_database: str, tmp_path: Path) -> Iterator[World]:
    """The cast in a database with real commits, and a server on a port of its own."""
    with override_settings(MEDIA_ROOT=tmp_path):
        world = make_world()
        with load.serving(own_database, tmp_path, PORT):
            yield world


def test_fifty_a_second_and_none_is_lost(town: World) -> None:
    cookie = f"sessionid={town.client('luo').cookies['sessionid'].value}"
    found = load.complain(PORT, cookie, people=PEOPLE, a_second=A_SECOND)
    assert {status for status, _to, _took in found.people} == {303}
    assert len({to for _status, to, _took in found.people}) == PEOPLE
    with transaction.atomic(), act_in(town.qinghe):
        numbers = sorted(Complaint.objects.values_list("number", flat=True))
        texts = set(Complaint.objects.values_list("text", flat=True))
    assert len(texts) == PEOPLE and [int(one[-4:]) for one in numbers] == list(range(1, PEOPLE + 1))
    assert {status for status, _to, _took in found.staff} == {200} and len(found.staff) > 3
