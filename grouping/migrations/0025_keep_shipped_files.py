from django.db import migrations

from grouping.versions import sql


class Migration(migrations.Migration):
    dependencies = [("grouping", "0024_shipped_content")]

    operations = [migrations.RunSQL(sql.KEEP_FILES, migrations.RunSQL.noop)]
