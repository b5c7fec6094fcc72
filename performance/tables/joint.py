"""The records behind figures of joint work: the lists of the room, without what only its own pages count."""

from __future__ import annotations

from typing import Any

from django.utils.safestring import SafeString

from alliance.joint import conference_tables, tables, technique_tables
from alliance.lib.identity import mask_name
from alliance.web import lists
from alliance.web.cells import chip


class ProjectTable(tables.ProjectTable):
    """Joint projects."""

    class Meta(lists.Table.Meta):
        exclude = ("persons",)


class EnrolmentTable(tables.PersonTable):
    """Persons two institutions look after together; names masked."""

    class Meta(lists.Table.Meta):
        exclude = ("steps",)

    def render_person(self, record: Any) -> str:
        return mask_name(record.person.name)

    def render_state(self, record: Any) -> SafeString:
        # Whether steps are late is a question of today; the figure is one of its month.
        return chip("", record.get_state_display())


class CaseTable(technique_tables.CaseTable):
    """Cases treated by an appropriate technique, without the patients."""

    class Meta(lists.Table.Meta):
        exclude = ("whom",)


class ConferenceTable(conference_tables.ConferenceTable):
    """Joint case conferences held."""

    class Meta(lists.Table.Meta):
        exclude = ("houses", "present")


class ResearchTable(conference_tables.ResearchTable):
    """Joint research projects that run."""

    class Meta(lists.Table.Meta):
        exclude = ("houses",)
