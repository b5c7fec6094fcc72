"""What an answer by link looks like: one of many from an address, or from where the house's staff sign in.

Counts stand in the cache for minutes, under a keyed hash of the address and the institution; the answer keeps
the flag alone. An answer is never refused for it: patients of a ward may share an address, and the rule
(sv.burst) says what is left out of the results, and the page how many.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from alliance.lib.secrets import blind_index
from alliance.models import Membership, PlatformJournal
from complaints.counting import counted
from complaints.surveys import keys
from complaints.surveys.models import Answer, Ticket

Flag = Answer.Flag
DAY = timedelta(days=1)


def flag(ticket: Ticket, address: str, now: datetime) -> str:
    """The flag of an answer that comes from an address now; "" where nothing is noticed."""
    rule = ticket.campaign.limits.get("burst")
    if not rule:
        return Flag.NONE
    place = ticket.stratum.institution_id
    staff = PlatformJournal.objects.filter(verb="sign_in.done", address=address, at__gte=now - DAY)
    here = Membership.objects.filter(institution=place).values_list("user", flat=True)
    if staff.filter(user__in=set(here)).exists():
        return Flag.STAFF
    name = blind_index(keys.of_links(), f"burst:{ticket.campaign_id}:{place}:{address}")
    soon = counted(f"survey:soon:{name}", int(rule["minutes"]) * 60)
    today = counted(f"survey:day:{name}", int(DAY.total_seconds()))
    return Flag.MANY if soon > int(rule["most"]) or today > int(rule["day_most"]) else Flag.NONE
