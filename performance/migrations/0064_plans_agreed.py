"""A plan of a second distribution has its group, its days and its answers, whoever writes."""

from django.db import migrations

from performance.pay.plans import sql


class Migration(migrations.Migration):
    dependencies = [("performance", "0063_team_least")]

    operations = [migrations.RunSQL(sql.AGREED, sql.NOT_AGREED)]
