import django.db.models.deletion
from django.db import migrations, models

from alliance.approvals import sql


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0003_keep_papers'),
    ]

    operations = [
        migrations.AddField(
            model_name='chain',
            name='approval',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.approval', verbose_name='approval'),
        ),
        migrations.RunSQL(sql.CHAINS, sql.REMOVE_CHAINS),
    ]
