"""What pages show of who opens the sealed box."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.approvals import registry
from alliance.approvals.models import Approval
from alliance.lib.workdays import SHANGHAI
from alliance.models import Journal, Membership
from alliance.web import words
from alliance.web.parts import Action, Fact, Step
from complaints import machine
from complaints.forms.keepers import ObjectForm
from complaints.models import BoxDeed, BoxKeeper
from complaints.services import box, keepers

KINDS = {"stands": "ok", "waits": "warn", "announced": "info", "suspended": "late", "ended": ""}
What = BoxDeed.What


def states() -> dict[str, str]:
    """The states of an appointment in words."""
    return {
        "stands": pgettext("keeper of the box", "opens the box"),
        "announced": pgettext("keeper of the box", "open for objections"),
        "waits": pgettext("keeper of the box", "waits for a second person"),
        "suspended": pgettext("keeper of the box", "suspended"),
        "ended": pgettext("keeper of the box", "over"),
    }


def title(arguments: Mapping[str, Any]) -> str:
    """Who is to open the box; without a query."""
    return str(arguments["member"])


def summary(approval: Approval) -> registry.Summary:
    """What who enters the decision reads."""
    row = BoxKeeper.objects.select_related("membership__user").get(pk=approval.about_id)
    facts = [
        Fact(_("member"), str(row.membership.user)), Fact(_("reason"), row.reason),
        Fact(_("until"), words.day(row.until) if row.until else _("until it is ended")),
        Fact(
            _("needed"), _("the decision of the body that leads the alliance, with its number and its scan")
        ),
    ]  # fmt: skip
    return registry.Summary("approvals/_subject.html", {"facts": facts}, reverse("box-keepers"))


def page(membership: Membership, form: Any, now: datetime, given: Any = None) -> dict[str, Any]:
    """Who opens the box, who is proposed, what happened; with the buttons this member has."""
    found = keepers.standings(now.astimezone(SHANGHAI).date())
    mine = keepers.may_keep(membership)
    opens = mine and box.may_open(membership)
    asked = {one.keeper.pk: keepers.asked(one.keeper) for one in found if one.state == "waits"}
    rows = [
        {
            "row": one.keeper, "state": one.state, "word": states()[one.state], "kind": KINDS[one.state],
            "until_then": words.moment(one.opens_at) if one.state == "announced" else "",
            "objecting": _objecting(one, membership, given), "trail": _trail(one),
            "steps": list(_steps(one, membership, opens)), "causes": _causes(one),
            "approval": _approval(asked.get(one.keeper.pk, []), membership),
        }
        for one in found
    ]  # fmt: skip
    return {
        "title": _("Keepers of the sealed box"), "rows": rows, "form": form, "mine": mine, "opens": opens,
        "news": len(keepers.unseen(membership)) if opens else 0,
        "hands": [_hand(one) for one in keepers.hands([one.keeper for one in found])] if opens else [],
    }  # fmt: skip


def _approval(asked: list[Approval], membership: Membership) -> str:
    return reverse("approval", args=[asked[0].pk]) if asked and membership.can("approval.view") else ""


def _steps(one: keepers.Standing, membership: Membership, opens: bool) -> Any:
    own = one.keeper.user_id == membership.user_id
    proposer = one.keeper.proposed_by.user_id == membership.user_id
    if one.state == "waits" and opens and not own and not proposer:
        yield "consent", _("Consent"), True
    if one.state == "suspended" and (len(one.causes) == 1 if own else opens):
        yield "resume", _("Confirm: the sign-in is in the right hands"), True
    if one.state != "ended" and (own or membership.can(machine.PROPOSE)):
        yield "end", _("End it"), False


def _objecting(one: keepers.Standing, membership: Membership, given: Any) -> list[Action]:
    """The objection of who is told, until it takes effect; `given`: number and form of one refused."""
    own = one.keeper.user_id == membership.user_id
    if one.state != "announced" or own or not membership.can(machine.OBJECT):
        return []
    form = (
        given[1] if given and given[0] == one.keeper.pk else ObjectForm(auto_id=f"object-{one.keeper.pk}-%s")
    )
    url = reverse("box-keeper-object", args=[one.keeper.pk])
    return [Action(pgettext("keeper of the box", "Object…"), url, "x", "danger", form=form)]


def _causes(one: keepers.Standing) -> str:
    return _(", ").join(str(BoxDeed.Cause(cause).label) for cause in sorted(one.causes))


def _trail(one: keepers.Standing) -> list[Step]:
    row = one.keeper
    kinds = {
        What.CONSENTED: "yes",
        What.SUSPENDED: "no",
        What.RESUMED: "yes",
        What.OBJECTED: "no",
        What.ENDED: "no",
        What.NOTED: "hit",
    }
    said = [
        Step(kinds[What(deed.what)], str(What(deed.what).label), _detail(deed), deed.at,
            str(deed.by.user) if deed.by else "")
        for deed in reversed(one.deeds)
    ]  # fmt: skip
    proposed = Step(
        "hit",
        pgettext("keeper of the box", "proposed"),
        row.reason,
        row.proposed_at,
        str(row.proposed_by.user),
    )
    return [*said, proposed]


def _detail(deed: BoxDeed) -> str:
    if deed.opens_at is not None:
        return _("opens the box from %(moment)s, unless somebody objects") % {
            "moment": words.moment(deed.opens_at)
        }  # fmt: skip
    return str(BoxDeed.Cause(deed.cause).label) if deed.cause else deed.note


def _hand(one: Journal) -> dict[str, Any]:
    verbs = {
        "password.reset": _("password reset"), "second_factor.reset": _("second factor reset"),
        "membership.changed": _("membership changed"), "membership.granted": _("membership granted"),
    }  # fmt: skip
    return {"at": one.at, "by": one.user, "what": verbs[one.verb], "member": one.about_id}
