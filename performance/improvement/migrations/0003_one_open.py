"""No two open items of an institution begin with the same figure of the same month."""

from django.db import migrations

from performance.improvement import sql


class Migration(migrations.Migration):
    dependencies = [("improvement", "0002_counted")]

    operations = [migrations.RunSQL(sql.ONE_OPEN, sql.DROP_ONE_OPEN)]
