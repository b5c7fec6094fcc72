from django.db import migrations

from grouping.versions import sql


class Migration(migrations.Migration):
    """Data only: schemes adopted before become released versions."""

    dependencies = [("grouping", "0006_keep_released")]

    operations = [migrations.RunSQL(sql.TAKE_OVER, migrations.RunSQL.noop)]
