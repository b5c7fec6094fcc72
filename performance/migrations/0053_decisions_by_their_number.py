"""What rests on a decision names it by the whole number of its paper."""

from django.db import migrations

from performance.decided import sql


class Migration(migrations.Migration):
    dependencies = [("performance", "0051_plans_of_their_month")]

    operations = [migrations.RunSQL(sql.NUMBERED, sql.UNNUMBERED)]
