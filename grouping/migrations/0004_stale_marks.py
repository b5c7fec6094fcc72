from django.db import migrations

from grouping.metrics.sql import DROP_STALE_TRIGGERS, STALE_TRIGGERS


class Migration(migrations.Migration):
    dependencies = [("grouping", "0003_month_sums")]
    operations = [migrations.RunSQL(STALE_TRIGGERS, DROP_STALE_TRIGGERS)]
