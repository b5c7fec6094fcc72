"""An uplift says which one it replaces and why; no total that rose is lowered below what was given of it."""

import django.db.models.deletion
from django.db import migrations, models

from performance.uplift import sql


class Migration(migrations.Migration):

    dependencies = [
        ('alliance', '0008_message_secret'),
        ('performance', '0046_handed_out'),
    ]

    operations = [
        migrations.AddField(
            model_name='payuplift',
            name='replaces',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='performance.payuplift', verbose_name='replaces'),
        ),
        migrations.AddField(
            model_name='payuplift',
            name='replaces_why',
            field=models.CharField(blank=True, max_length=200, verbose_name='why it replaces'),
        ),
        migrations.RunSQL(sql.EARLIER, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='payuplift',
            constraint=models.UniqueConstraint(condition=models.Q(('confirmed_at__isnull', False), ('replaces', None)), fields=('alliance', 'institution', 'year'), name='payuplift_one_first'),
        ),
        migrations.AddConstraint(
            model_name='payuplift',
            constraint=models.UniqueConstraint(condition=models.Q(('confirmed_at__isnull', False)), fields=('alliance', 'replaces'), name='payuplift_replaced_once'),
        ),
        migrations.AddConstraint(
            model_name='payuplift',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('replaces', None), ('replaces_why', '')), models.Q(('replaces__isnull', False), ('replaces_why__gt', '')), _connector='OR'), name='payuplift_replaces_why'),
        ),
        migrations.RunSQL(sql.FOLLOW, sql.UNFOLLOW),
    ]
