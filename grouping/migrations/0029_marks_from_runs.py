from django.db import migrations

from grouping.metrics.sql import MARK_FROM_RESULTS, MARK_FROM_RUNS


class Migration(migrations.Migration):
    dependencies = [("grouping", "0028_carried_overrides")]
    operations = [migrations.RunSQL(MARK_FROM_RUNS, MARK_FROM_RESULTS)]
