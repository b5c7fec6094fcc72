from django.db import migrations

from performance.meetings.sql import DECIDED, DROP_PRESENT, PRESENT


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0003_keep_papers'),
        ('meetings', '0005_planned_from_today'),
    ]

    operations = [
        migrations.RunSQL(DECIDED, migrations.RunSQL.noop),
        migrations.RunSQL(PRESENT, DROP_PRESENT),
    ]
