from django.db import migrations, models

from performance.violations import sql


class Migration(migrations.Migration):

    dependencies = [
        ('violations', '0004_keep_apart'),
    ]

    operations = [
        migrations.AddField(
            model_name='violation',
            name='notified_at',
            field=models.DateTimeField(null=True, verbose_name='told of new evidence'),
        ),
        migrations.AlterField(
            model_name='violation',
            name='statement',
            field=models.TextField(blank=True, verbose_name='statement'),
        ),
        migrations.RunSQL(sql.KEEP_CASE, migrations.RunSQL.noop),
    ]
