from django.db import migrations

from performance.appeals import sql


class Migration(migrations.Migration):
    dependencies = [("performance", "0026_supplement_pools")]
    operations = [migrations.RunSQL(sql.INSTALL_POSTED, sql.REMOVE_POSTED)]
