"""An uplift in the place of another says something else than it; a total that once rose is never lowered below
what was given.
"""

from django.db import migrations

from performance.uplift import sql


class Migration(migrations.Migration):

    dependencies = [
        ('performance', '0055_entries_set_aside'),
    ]

    operations = [
        migrations.RunSQL(sql.FOLLOWS + sql.TOTAL_GIVEN, migrations.RunSQL.noop),
    ]
