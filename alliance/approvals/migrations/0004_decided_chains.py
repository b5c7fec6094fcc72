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
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.approval', verbose_name='approval'),
        ),
        migrations.AddConstraint(
            model_name='chain',
            constraint=models.UniqueConstraint(fields=('alliance', 'approval'), name='chain_of_one_approval'),
        ),
        migrations.RunSQL(sql.CHAINS, sql.REMOVE_CHAINS),
    ]
