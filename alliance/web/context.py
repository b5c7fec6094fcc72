"""What every page needs: who acts, for which alliance, the menu, the look. Asks no database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alliance.roles import allows, roles

THEMES = ("light", "dark", "system")


@dataclass(frozen=True, eq=False)  # two entries are never alike; comparing them would translate their words
class Entry:
    """One line of the menu: URL name, word, icon, the action it needs; `foot`: its short word on phones.

    `room`: URL name of the address all its pages begin with, where that is not its own.
    """

    name: str
    label: Any
    icon: str
    needs: str
    foot: Any = ""
    room: str = ""


MENU: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    ("", (Entry("home", _("Today"), "home", "home.view", foot=_("Today")),)),
    (
        _("Month by month"),
        (
            Entry("months", _("Performance month"), "sum", "month.view", foot=_("Performance")),
            Entry("month-calendar-now", _("Calendar of the month"), "cal", "month.propose"),
            Entry("publications", _("Publications"), "eye", "home.view"),
            Entry("confirmations", _("Mutual confirmation"), "scale", "confirmation.view"),
            Entry("declared", _("Declared values"), "upload", "declared.view"),
            Entry("onsite", _("On-site assessment"), "flag", "onsite.view"),
            Entry("evaluations", _("Evaluations"), "check", "home.view"),
            Entry("surveys", _("Surveys"), "check", "survey.view"),
            Entry("clues", _("Clues of unusual patterns"), "search", "fairness.view"),
            Entry("appeals", _("Objections and appeals"), "scale", "appeal.view"),
        ),
    ),
    (
        pgettext_lazy("menu", "Pay"),
        (
            Entry("pay-mine", _("Pay and distribution"), "coin", "pay.view", room="pay"),
            Entry("payout", _("Paying out"), "coin", "payout.view"),
            Entry("approvals", _("Approvals"), "scale", "approval.view"),
            Entry("ledger", _("Ledger"), "ledger", "ledger.view"),
        ),
    ),
    (
        _("Governance"),
        (
            Entry("meetings", _("Meetings"), "users", "meeting.view"),
            Entry("improvements", _("Improvement"), "refresh", "improvement.view"),
            Entry("consequences", _("Consequences"), "flag", "consequence.view"),
            Entry("agreements", _("Agreements"), "file", "agreement.view"),
            Entry("violations", _("Violations"), "alert", "violation.view"),
            Entry("verifications", _("Verification by third parties"), "search", "verification.view"),
            Entry("duty-mine", _("Responsibility letters"), "file", "duty.view", room="duty"),
            Entry("tolerance", _("Error tolerance"), "scale", "tolerance.view"),
            Entry("disclosure", _("Disclosure to the public"), "globe", "month.propose"),
        ),
    ),
    (
        _("Cases"),
        (
            Entry("case-files", _("Case files"), "file", "case_file.view"),
            Entry("cases", _("Cases and groups"), "list", "case.list"),
            Entry("work-queue", _("Records to clear"), "flag", "queue.view"),
            Entry("pairs", _("Two documents"), "columns", "case.list"),
            Entry("central", _("Central groups"), "updown", "case.list"),
            Entry("interpreter", _("Group interpreter"), "search", "interpreter.use", foot=_("Groups")),
            Entry("bills", _("Bills for patients"), "printer", "bill.print"),
            Entry("abnormal", _("Abnormal cases"), "flag", "abnormal.view"),
            Entry("disputes", _("Disputes about the scheme"), "alert", "dispute.view"),
        ),
    ),
    (
        _("Together"),
        (
            Entry("referrals", _("Referrals"), "updown", "referral.view", foot=_("Referral")),
            Entry("consultations", _("Consultations"), "msg", "consultation.view"),
            Entry("mdt", _("Multidisciplinary records"), "users", "mdt.view"),
            Entry("offsite", _("Off-site care filing"), "globe", "offsite.view"),
            Entry("recognition", _("Recognition of results"), "check", "recognition.view"),
            Entry("postings-week", _("Experts posted"), "users", "posting.view"),
            Entry("training", _("Training"), "report", "training.view"),
            Entry("joint", _("Joint work"), "link", "joint.view"),
            Entry("equipment", _("Shared equipment"), "device", "equipment.view"),
            Entry("complaints", _("Complaints"), "msg", "complaint.view"),
            Entry("patient-days", _("Days of patients"), "cal", "event.view"),
            Entry("sealed-box", _("Sealed box"), "lock", "sealed_box.open"),
            Entry("box-keepers", _("Keepers of the sealed box"), "lock", "sealed_box.keepers"),
        ),
    ),
    (
        _("Figures"),
        (
            Entry("metrics", _("Metrics"), "chart", "indicator.view"),
            Entry("payment-month", _("Payment of the month"), "coin", "report.view"),
            Entry("payment-types", _("Payment types"), "coin", "report.view"),
            Entry("both-ways", _("DRG beside DIP"), "scale", "report.view"),
            Entry("reform-effect", _("Effect of the reform"), "report", "report.view"),
            Entry("fund-reports", _("Efficiency of the fund"), "report", "report.view"),
            Entry("items", _("Service items"), "check", "item.view"),
        ),
    ),
    (
        _("Rules"),
        (
            Entry("performance-schemes", _("Performance schemes"), "adjust", "indicator.view"),
            Entry("indicators", _("Indicator dictionary"), "list", "indicator.view"),
            Entry("schemes", _("Grouping schemes"), "adjust", "scheme.view"),
            Entry("dip-catalogues", _("DIP catalogues"), "list", "scheme.view"),
            Entry("tariffs", _("Rates and coefficients"), "coin", "tariff.view"),
            Entry("parameters", _("Parameters"), "columns", "parameter.view"),
            Entry("data-dictionary", _("Data dictionary"), "list", "home.view"),
        ),
    ),
    (
        _("Settings"),
        (
            Entry("institutions", _("Institutions"), "building", "institution.view"),
            Entry("data:index", _("Master data"), "database", "master.view"),
            Entry("jobs", _("Jobs"), "refresh", "job.view"),
            Entry("journal", _("Journal"), "history", "journal.view"),
            Entry("api-keys", _("API keys"), "key", "api_key.issue"),
        ),
    ),
)
SHORT = 24  # entries that stand open together: the group where one is, and from the top what has room


@dataclass(frozen=True, eq=False)
class Link:
    """A menu entry as this member sees it."""

    label: Any
    icon: str
    url: str
    current: bool
    foot: Any


@dataclass(frozen=True, eq=False)
class Group:
    """A heading of the menu and its links; a group that is not open shows its heading until it is asked."""

    label: Any
    links: tuple[Link, ...]
    open: bool = True


def house(request: Any) -> dict[str, object]:
    """Alliance, membership, menu, time and look of the request; nothing of an alliance outside one."""
    membership, alliance = getattr(request, "membership", None), getattr(request, "alliance", None)
    chosen = request.COOKIES.get("theme")
    return {
        "alliance": alliance,
        "alliance_name": name_of(alliance),
        "membership": membership,
        "memberships": getattr(request, "memberships", []),
        "role_name": role_name(membership),
        "menu": SimpleLazyObject(lambda: menu(membership, request.path)),
        "now": timezone.now(),
        "theme": chosen if chosen in THEMES else "system",
    }


def name_of(alliance: Any) -> str:
    """The alliance's name in the language of the page."""
    if alliance is None:
        return ""
    return (
        str(alliance.name_en or alliance.name)
        if (get_language() or "").startswith("en")
        else str(alliance.name)
    )


def role_name(membership: Any) -> str:
    """Where the member stands: the institution, else the name of the first role."""
    if membership is None:
        return ""
    if membership.institution_id:
        return str(membership.institution.short_name or membership.institution.name)
    return next((roles()[code].name for code in membership.roles if code in roles()), "")


def menu(membership: Any, path: str) -> tuple[Group, ...]:
    """The entries the member may open and whose address exists, in their groups; no empty group."""
    if membership is None:
        return ()
    held, urlconf, prefix = tuple(membership.roles), get_urlconf(), get_script_prefix()
    here = current(path, [room for _url, room in _open(held, urlconf, prefix).values()])
    return _menu(held, urlconf, prefix, here)


# Every page asks for it, and it differs only by what the functions are given.
@lru_cache(maxsize=512)
def _open(held: tuple[str, ...], urlconf: str | None, prefix: str) -> dict[Entry, tuple[str, str]]:
    """The entries open to somebody of these roles: address, and that of the room."""
    return {
        entry: (url, way(entry.room) if entry.room else url)
        for _label, group in MENU
        for entry in group
        if allows(held, entry.needs) and (url := way(entry.name))
    }


@lru_cache(maxsize=512)
def _menu(held: tuple[str, ...], urlconf: str | None, prefix: str, here: str) -> tuple[Group, ...]:
    open_ = _open(held, urlconf, prefix)
    groups = [
        Group(
            label,
            tuple(
                Link(e.label, e.icon, open_[e][0], open_[e][1] == here, e.foot) for e in group if e in open_
            ),
        )
        for label, group in MENU
    ]
    groups = [group for group in groups if group.links]
    if len(open_) <= SHORT:
        return tuple(groups)
    here_in = [any(link.current for link in group.links) for group in groups]
    room = SHORT - sum(len(group.links) for group, here in zip(groups, here_in, strict=True) if here)
    found = []
    for group, inside in zip(groups, here_in, strict=True):
        fits = not inside and len(group.links) <= room
        room -= len(group.links) if fits else 0
        found.append(replace(group, open=inside or fits))
    return tuple(found)


def way(name: str) -> str:
    """The address of a page, or nothing when there is no such page."""
    return _way(name, get_urlconf(), get_script_prefix())


# Every page needs more than fifty: looking them up anew took a tenth of its time.
@lru_cache(maxsize=4096)
def _way(name: str, urlconf: str | None, prefix: str) -> str:
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


def current(path: str, addresses: list[str]) -> str:
    """The longest address the path begins with; the home page only when it is the page itself."""
    home = min(addresses, key=len, default="")
    begun = [url for url in addresses if path.startswith(url) and (url != home or path == home)]
    return max(begun, key=len, default="")
