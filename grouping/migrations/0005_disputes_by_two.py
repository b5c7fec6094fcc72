import django.db.models.deletion
from django.db import migrations, models

from grouping.disputes import sql


class Migration(migrations.Migration):

    dependencies = [
        ('alliance', '0008_message_secret'),
        ('grouping', '0004_disputes'),
    ]

    operations = [
        migrations.AddField(
            model_name='dispute',
            name='answered_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership'),
        ),
        migrations.AddField(
            model_name='dispute',
            name='settled_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership'),
        ),
        migrations.RunSQL(sql.KEEP, migrations.RunSQL.noop),
    ]
