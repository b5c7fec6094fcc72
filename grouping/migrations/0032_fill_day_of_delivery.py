from django.db import migrations

from grouping.sources.sql import FILL_DAY_OF_DELIVERY


class Migration(migrations.Migration):
    """Data only: files received before were delivered on the day they came."""

    dependencies = [("grouping", "0031_day_of_delivery")]

    operations = [migrations.RunSQL(FILL_DAY_OF_DELIVERY, migrations.RunSQL.noop)]
