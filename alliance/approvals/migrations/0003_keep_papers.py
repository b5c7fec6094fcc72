from django.db import migrations

from alliance.approvals import sql


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0002_title_arguments'),
    ]

    operations = [migrations.RunSQL(sql.PAPERS, sql.REMOVE_PAPERS)]
