"""What can be approved: rooms register kinds, how to tell their content, how to show it, what follows.

No signal, no import upward: services of this room call what was registered, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from alliance.approvals.errors import KindUnknown
from alliance.web.access import follow

if TYPE_CHECKING:
    from alliance.approvals.models import Approval
    from alliance.models import Membership

Digest = Callable[["Approval"], str]
# Words the title of a proposal from its stored arguments, without a query: lists show many.
Title = Callable[[Mapping[str, Any]], str]
Handler = Callable[["Approval", "Membership"], None]
# Of approvals of one kind and members: the pairs (approval pk, member pk) in which the member is involved.
Seen = Callable[["Membership"], bool]
Barred = Callable[[Sequence["Approval"], Sequence["Membership"]], set[tuple[int, int]]]


@dataclass(frozen=True)
class Summary:
    """What a decider reads: a template and its context; `url` opens the object itself, where `seen` says that
    the member finds it there: who decides for the alliance may sit in one institution.
    """

    template: str
    context: dict[str, object] = field(default_factory=dict)
    url: str = ""
    seen: Seen | None = None

    def opens(self, membership: Membership) -> str:
        """The address for this member, or "" where it would be refused."""
        found = follow(membership, self.url)
        return found if found and (self.seen is None or self.seen(membership)) else ""


def within(rows: Callable[[Membership], Any], pk: int) -> Seen:
    """Whether a member finds a row among those it sees (second wall); one query."""
    return lambda membership: bool(rows(membership).filter(pk=pk).exists())


@dataclass(frozen=True)
class Kind:
    """One kind of approval: its name, the digest of its present content, its summary."""

    name: str | Promise
    digest: Digest
    summary: Callable[[Approval], Summary]
    title: Title | None = None
    barred: Barred | None = None
    why_barred: str | Promise = ""
    present_only: bool = False
    own_chain: bool = True

    @property
    def bars_papers(self) -> bool:
        """Whether who is barred handles no paper either: the involved, not who was away from a meeting."""
        return self.barred is not None and not self.present_only


_kinds: dict[str, Kind] = {}
_handlers: dict[str, dict[str, Handler]] = {}


def register(
    kind: str,
    *,
    name: str | Promise,
    digest: Digest,
    summary: Callable[[Approval], Summary],
    title: Title | None = None,
    barred: Barred | None = None,
    why_barred: str | Promise = "",
    present_only: bool = False,
    own_chain: bool = True,
) -> None:
    """Let objects of a kind be approved; the same kind again replaces it. Called in an app's `ready()`.

    `digest(approval)` is the digest of the object as it is now; `summary(approval)` what is shown of it;
    `title(arguments)` words what it is about from the arguments of `propose`; `barred` tells who is involved
    and gives no verdict, `why_barred` says in words why. `present_only`: they are barred because they did not
    come; then they do not recuse themselves either, and nobody waits for their vote. `own_chain`: whether the
    alliance may decide a chain for this kind (alliance.approvals.entering); where a rule or a parameter names
    the chain it may not.
    """
    _kinds[kind] = Kind(name, digest, summary, title, barred, why_barred, present_only, own_chain)


def on_decided(kind: str, handler: Handler) -> None:
    """Call `handler(approval, by)` when an approval of the kind is approved, declined or withdrawn.

    In the transaction of the decision: what the handler refuses is not decided. One handler per module.
    """
    _handlers.setdefault(kind, {})[handler.__module__] = handler


def of(kind: str) -> Kind:
    """The registered kind. Raises KindUnknown."""
    if kind not in _kinds:
        raise KindUnknown(kind=kind)
    return _kinds[kind]


def with_own_chain() -> list[str]:
    """The kinds whose chain the alliance may decide, by name."""
    return sorted((kind for kind, known in _kinds.items() if known.own_chain), key=name)


def name(kind: str) -> str:
    """The name of a kind in the language of the page; the bare word where its room is gone."""
    return str(_kinds[kind].name) if kind in _kinds else kind


def title(approval: Approval) -> str:
    """What an approval is about, in the language of the reader; as it was stored where no kind words it."""
    kind = _kinds.get(approval.kind)
    if kind is None or kind.title is None or not approval.arguments:
        return approval.subject
    return kind.title(approval.arguments)


def barred(approvals: Sequence[Approval], members: Sequence[Membership]) -> set[tuple[int, int]]:
    """The pairs (approval pk, member pk) in which the member is involved; one question a kind that asks."""
    by_kind: dict[str, list[Approval]] = {}
    for approval in approvals:
        by_kind.setdefault(approval.kind, []).append(approval)
    found: set[tuple[int, int]] = set()
    for kind, rows in by_kind.items():
        known = _kinds.get(kind)
        if known is not None and known.barred is not None and members:
            found |= known.barred(rows, members)
    return found


def why_barred(approval: Approval) -> str:
    """Why somebody involved gives no verdict, in the language of the page."""
    return str(_kinds[approval.kind].why_barred) if approval.kind in _kinds else ""


def tell(approval: Approval, by: Membership) -> None:
    """Call the handlers of a decided approval, in the order of their modules."""
    for _module, handler in sorted(_handlers.get(approval.kind, {}).items()):
        handler(approval, by)
