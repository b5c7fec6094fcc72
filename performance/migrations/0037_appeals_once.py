from django.db import migrations, models

from performance.appeals import sql


class Migration(migrations.Migration):

    dependencies = [
        ('performance', '0036_answers_withdrawn'),
    ]

    operations = [
        migrations.AddField(
            model_name='appeal',
            name='more_why',
            field=models.CharField(blank=True, default='', max_length=500, verbose_name='why more than was asked for'),
            preserve_default=False,
        ),
        migrations.RunSQL(sql.INSTALL_ONCE, migrations.RunSQL.noop),
    ]
