from alliance.models.base import AllianceRow, Stale
from alliance.models.calendar import WorkCalendarDay
from alliance.models.files import ApiToken, Attachment
from alliance.models.jobs import Job, JobChunk
from alliance.models.journal import Journal, JournalHead, PlatformHead, PlatformJournal, Transition
from alliance.models.messages import MessageAddress, MessageChoice, MessageTold, Outbox
from alliance.models.parameters import Parameter
from alliance.models.people import Membership, Person, RosterRow, Staff, User
from alliance.models.places import Alliance, Department, Institution
from alliance.models.stepped import Stepped, step
from alliance.models.teams import Team, TeamMember

__all__ = [
    "Alliance",
    "AllianceRow",
    "ApiToken",
    "Attachment",
    "Department",
    "Institution",
    "Job",
    "JobChunk",
    "Journal",
    "JournalHead",
    "Membership",
    "MessageAddress",
    "MessageChoice",
    "MessageTold",
    "Outbox",
    "Parameter",
    "Person",
    "PlatformHead",
    "PlatformJournal",
    "RosterRow",
    "Staff",
    "Stale",
    "Stepped",
    "Team",
    "TeamMember",
    "Transition",
    "User",
    "WorkCalendarDay",
    "step",
]
