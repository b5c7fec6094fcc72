from django.db import migrations, models

from grouping.metrics.sql import DROP_PAIR_TRIGGERS, PAIR_TRIGGERS


class Migration(migrations.Migration):
    dependencies = [("grouping", "0022_release_claims")]
    operations = [
        migrations.AddField("monthsum", "out_of_scope", models.PositiveIntegerField(default=0)),
        migrations.AddField("monthsum", "out_of_scope_grouped", models.PositiveIntegerField(default=0)),
        migrations.RunSQL(PAIR_TRIGGERS, DROP_PAIR_TRIGGERS),
    ]
