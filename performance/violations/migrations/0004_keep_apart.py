from django.db import migrations

from performance.violations import sql


class Migration(migrations.Migration):

    dependencies = [
        ('violations', '0003_zero_tolerance'),
        ('approvals', '0003_keep_papers'),
    ]

    operations = [migrations.RunSQL(sql.KEEP_APART, sql.REMOVE_APART)]
