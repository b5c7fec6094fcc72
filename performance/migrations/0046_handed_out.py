"""Every evidence bundle that left the house."""

import alliance.tenancy.scope
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('alliance', '0008_message_secret'),
        ('performance', '0045_second_person_of_an_appeal'),
    ]

    operations = [
        migrations.CreateModel(
            name='HandedOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('digest', models.CharField(max_length=64, verbose_name='digest')),
                ('size', models.BigIntegerField(null=True, verbose_name='size')),
                ('manifest', models.JSONField(null=True)),
                ('handed_at', models.DateTimeField(verbose_name='handed out')),
                ('alliance', models.ForeignKey(default=alliance.tenancy.scope.current_alliance_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.alliance')),
                ('handed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership', verbose_name='handed out by')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='performance.monthrun', verbose_name='run of the month')),
            ],
            options={
                'verbose_name': 'bundle handed out',
                'verbose_name_plural': 'bundles handed out',
                'ordering': ['-pk'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('alliance', 'run', 'number'), name='handedout_number'), models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='handedout_digest'), models.CheckConstraint(condition=models.Q(models.Q(('manifest__isnull', True), ('size', None)), models.Q(('manifest__isnull', False), ('size__gt', 0)), _connector='OR'), name='handedout_whole')],
            },
        ),
    ]
