from django.db import migrations

from performance.appeals import sql


class Migration(migrations.Migration):
    dependencies = [("performance", "0023_least_raters")]
    operations = [migrations.RunSQL(sql.INSTALL_POSTED, sql.REMOVE_POSTED)]
