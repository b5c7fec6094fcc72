"""A matter to decide in the approval tests: the name of an institution; handlers note what they were told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from alliance.approvals import chains, registry, services
from alliance.approvals.models import Approval, Chain
from alliance.lib.canonical import digest
from alliance.models import Institution, Membership, User
from tests.world import World

KIND = "test.name"


def content(approval: Approval) -> str:
    return name_digest(approval.about_id)


def name_digest(institution_id: int) -> str:
    return digest({"name": Institution.objects.get(pk=institution_id).name})


@pytest.fixture
def told() -> Iterator[list[tuple[str, str]]]:
    """Register the kind for one test; collects (state, username) each time the handler is called."""
    heard: list[tuple[str, str]] = []
    registry.register(
        KIND,
        name="Name",
        digest=content,
        summary=lambda approval: registry.Summary("approvals/_subject.html"),
    )
    registry.on_decided(KIND, lambda approval, by: heard.append((approval.state, by.user.username)))
    yield heard
    registry._kinds.pop(KIND)
    registry._handlers.pop(KIND)


def chain(*steps: dict[str, Any]) -> Chain:
    """A chain in force since 2026."""
    number = Chain.objects.count() + 1
    return chains.add(
        by=None,
        code=f"chain{number}",
        name="测试链",
        steps=list(steps),
        from_date=date(2026, 1, 1),
        decided_by="测试",
    )


def two_people() -> Chain:
    return chain({"name": "第二人复核", "roles": ["performance_office", "finance"], "rule": "one"})


def council(world: World, number: int) -> list[Membership]:
    """So many members of the council, for the whole alliance."""
    users = [User.objects.create(username=f"council{place}", name=f"理事{place}") for place in range(number)]
    return [Membership.objects.create(user=user, institution=None, roles=["council"]) for user in users]


def propose(world: World, by: Membership, steps: Chain, **extra: Any) -> Approval:
    """Put the name of the lead hospital before the deciders."""
    return services.propose(
        by=by, kind=KIND, about=world.lead, chain=steps, digest=name_digest(world.lead.pk), **extra
    )
