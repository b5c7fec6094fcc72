from django.db import migrations

from grouping.versions import sql


class Migration(migrations.Migration):
    dependencies = [("grouping", "0005_scheme_versions")]

    operations = [migrations.RunSQL(sql.INSTALL, sql.REMOVE)]
