from django.db import migrations

from complaints import sql_guards as sql


class Migration(migrations.Migration):

    dependencies = [
        ("complaints", "0006_told"),
    ]

    operations = [migrations.RunSQL(sql.FILE_GUARD, sql.DROP_FILE_GUARD)]
