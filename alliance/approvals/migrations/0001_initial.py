import alliance.tenancy.scope
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('alliance', '0001_ground'),
    ]

    operations = [
        migrations.CreateModel(
            name='Chain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('object_kind', models.CharField(blank=True, max_length=60, verbose_name='for objects of kind')),
                ('from_date', models.DateField(verbose_name='in force from')),
                ('decided_by', models.CharField(max_length=200, verbose_name='decided by')),
                ('steps', models.JSONField(verbose_name='steps')),
                ('alliance', models.ForeignKey(default=alliance.tenancy.scope.current_alliance_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.alliance')),
            ],
            options={
                'verbose_name': 'approval chain',
                'verbose_name_plural': 'approval chains',
                'ordering': ['code', '-from_date'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('alliance', 'code', 'from_date'), name='chain_version')],
            },
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60, verbose_name='kind')),
                ('about_kind', models.CharField(max_length=60)),
                ('about_id', models.BigIntegerField()),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('terms', models.JSONField(default=dict, verbose_name='terms')),
                ('digest', models.CharField(max_length=64, verbose_name='digest of the content')),
                ('steps', models.JSONField(verbose_name='steps')),
                ('step', models.PositiveSmallIntegerField(default=1, verbose_name='step')),
                ('waiting_roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), default=list, size=None)),
                ('state', models.CharField(choices=[('open', 'waits for approval'), ('approved', 'approved'), ('declined', 'not approved'), ('withdrawn', 'withdrawn')], default='open', max_length=10, verbose_name='state')),
                ('proposed_at', models.DateTimeField(auto_now_add=True, verbose_name='proposed at')),
                ('alliance', models.ForeignKey(default=alliance.tenancy.scope.current_alliance_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.alliance')),
                ('institution', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.institution', verbose_name='institution')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership', verbose_name='proposed by')),
                ('chain', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.chain', verbose_name='chain')),
            ],
            options={
                'verbose_name': 'approval',
                'verbose_name_plural': 'approvals',
                'ordering': ['-pk'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['alliance', 'state'], name='approval_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('alliance', 'kind', 'about_kind', 'about_id'), name='approval_open_once')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.PositiveSmallIntegerField(verbose_name='step')),
                ('verdict', models.CharField(choices=[('yes', 'agreed'), ('no', 'refused'), ('recused', 'recused')], max_length=8, verbose_name='verdict')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='time')),
                ('alliance', models.ForeignKey(default=alliance.tenancy.scope.current_alliance_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.alliance')),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='approvals.approval')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership', verbose_name='decided by')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'decision',
                'verbose_name_plural': 'decisions',
                'ordering': ['pk'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('alliance', 'approval', 'step', 'user'), name='decision_once')],
            },
        ),
        migrations.CreateModel(
            name='OutsideDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.PositiveSmallIntegerField(verbose_name='step')),
                ('verdict', models.CharField(choices=[('yes', 'agreed'), ('no', 'refused')], max_length=8, verbose_name='verdict')),
                ('decided_on', models.DateField(verbose_name='date of the decision')),
                ('document', models.CharField(max_length=80, verbose_name='document number')),
                ('body', models.CharField(max_length=80, verbose_name='deciding body')),
                ('entered_at', models.DateTimeField(auto_now_add=True)),
                ('checked_at', models.DateTimeField(null=True)),
                ('correct', models.BooleanField(null=True, verbose_name='agrees with the document')),
                ('check_note', models.CharField(max_length=500, null=True, verbose_name='note')),
                ('alliance', models.ForeignKey(default=alliance.tenancy.scope.current_alliance_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.alliance')),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outside', to='approvals.approval')),
                ('attachment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.attachment', verbose_name='scanned minutes')),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership', verbose_name='checked by')),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership', verbose_name='entered by')),
            ],
            options={
                'verbose_name': 'decision outside',
                'verbose_name_plural': 'decisions outside',
                'ordering': ['pk'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(condition=models.Q(('checked_at', None)), fields=('alliance', 'approval', 'step'), name='outside_one_unchecked'), models.CheckConstraint(condition=models.Q(('entered_by', models.F('checked_by')), _negated=True), name='outside_two_people'), models.CheckConstraint(condition=models.Q(models.Q(('checked_at', None), ('checked_by', None), ('correct', None)), models.Q(('checked_at__isnull', False), ('checked_by__isnull', False), ('correct__isnull', False)), _connector='OR'), name='outside_check_whole')],
            },
        ),
    ]
