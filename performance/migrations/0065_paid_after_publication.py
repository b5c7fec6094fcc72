"""Nothing is paid of a month whose publication has not ended, whoever writes."""

from django.db import migrations

from performance.payout import sql


class Migration(migrations.Migration):
    dependencies = [("performance", "0064_plans_agreed")]

    operations = [migrations.RunSQL(sql.PUBLISHED, sql.UNPUBLISHED)]
