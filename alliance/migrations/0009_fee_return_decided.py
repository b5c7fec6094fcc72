"""Alliances at work go on with the percent of fee returns they paid so far, the lower bound of its range."""

from django.db import migrations

from alliance import sql


class Migration(migrations.Migration):

    dependencies = [
        ('alliance', '0008_message_secret'),
    ]

    operations = [
        migrations.RunSQL(sql.LEAST_SO_FAR, migrations.RunSQL.noop),
    ]
