"""The database refuses a rule by which the teams get less of the DRG reward than their least share."""

from django.db import migrations

from performance.pay.rules import sql


class Migration(migrations.Migration):
    dependencies = [("performance", "0062_surplus_divided")]

    operations = [migrations.RunSQL(sql.NUMBER + sql.TEAM_LEAST, sql.NO_TEAM_LEAST)]
