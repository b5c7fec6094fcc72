
import alliance.tenancy.scope
import django.db.models.deletion
import django_fsm
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('alliance', '0004_lean_person'),
    ]

    operations = [
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('open', 'open for new persons'), ('ended', 'ended, takes nobody new')], default='open', editable=False, max_length=8, verbose_name='state')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('code', models.CharField(max_length=20, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('purpose', models.CharField(blank=True, max_length=300, verbose_name='purpose')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('why', models.CharField(blank=True, editable=False, max_length=300, verbose_name='why')),
                ('alliance', models.ForeignKey(default=alliance.tenancy.scope.current_alliance_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.alliance')),
                ('entered_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership', verbose_name='entered by')),
            ],
            options={
                'verbose_name': 'joint project',
                'verbose_name_plural': 'joint projects',
                'ordering': ['code'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('active', 'in care'), ('withdrawn', 'left the project')], default='active', editable=False, max_length=10, verbose_name='state')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('first_day', models.DateField(verbose_name='day of the first diagnosis')),
                ('source', models.CharField(choices=[('typed', 'typed'), ('sheet', 'from a sheet')], editable=False, max_length=8, verbose_name='source')),
                ('enrolled_at', models.DateTimeField(editable=False, verbose_name='enrolled')),
                ('reason', models.CharField(blank=True, choices=[('moved', 'moved away'), ('declined', 'the person does not want it'), ('died', 'died'), ('care', 'other care is needed'), ('error', 'entered in error')], default='', editable=False, max_length=10, verbose_name='reason')),
                ('withdrawn_on', models.DateField(editable=False, null=True, verbose_name='left the project on')),
                ('why', models.CharField(blank=True, editable=False, max_length=300, verbose_name='why')),
                ('alliance', models.ForeignKey(default=alliance.tenancy.scope.current_alliance_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.alliance')),
                ('enrolled_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership', verbose_name='enrolled by')),
                ('hospital', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.institution', verbose_name='hospital')),
                ('hospital_department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.department', verbose_name='department of the hospital')),
                ('hospital_doctor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.staff', verbose_name='doctor of the hospital')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.person', verbose_name='patient')),
                ('primary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.institution', verbose_name='primary institution')),
                ('primary_department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.department', verbose_name='department of the primary institution')),
                ('primary_doctor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.staff', verbose_name='doctor of the primary institution')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='joint.project', verbose_name='joint project')),
            ],
            options={
                'verbose_name': 'person of a joint project',
                'verbose_name_plural': 'persons of joint projects',
                'ordering': ['-first_day', '-pk'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_day', models.DateField(verbose_name='holds from')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('name', models.CharField(max_length=60, verbose_name='step')),
                ('side', models.CharField(choices=[('hospital', 'hospital'), ('primary', 'primary institution')], max_length=8, verbose_name='done by')),
                ('days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='days after the first diagnosis')),
                ('parameter', models.CharField(blank=True, max_length=60, verbose_name='days as a parameter')),
                ('alliance', models.ForeignKey(default=alliance.tenancy.scope.current_alliance_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.alliance')),
                ('entered_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership', verbose_name='entered by')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='joint.project')),
            ],
            options={
                'verbose_name': 'agreed step',
                'verbose_name_plural': 'agreed steps',
                'ordering': ['project', 'from_day', 'number'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('open', 'to do'), ('done', 'done'), ('dropped', 'fell away')], default='open', editable=False, max_length=8, verbose_name='state')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('name', models.CharField(max_length=60, verbose_name='step')),
                ('side', models.CharField(choices=[('hospital', 'hospital'), ('primary', 'primary institution')], max_length=8, verbose_name='done by')),
                ('begins_on', models.DateField(verbose_name='day of the first diagnosis')),
                ('due_on', models.DateField(verbose_name='due')),
                ('done_on', models.DateField(editable=False, null=True, verbose_name='done on')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('recorded_at', models.DateTimeField(editable=False, null=True, verbose_name='recorded')),
                ('alliance', models.ForeignKey(default=alliance.tenancy.scope.current_alliance_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.alliance')),
                ('at', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.institution', verbose_name='at whose door')),
                ('done_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.staff', verbose_name='done by')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='milestones', to='joint.enrolment')),
                ('recorded_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership', verbose_name='recorded by')),
            ],
            options={
                'verbose_name': 'step of a person',
                'verbose_name_plural': 'steps of persons',
                'ordering': ['due_on', 'pk'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['alliance', 'due_on'], name='joint_milestone_day'), models.Index(fields=['alliance', 'at', 'state', 'due_on'], name='joint_milestone_door')],
                'constraints': [models.UniqueConstraint(fields=('alliance', 'enrolment', 'number'), name='joint_milestone_once'), models.CheckConstraint(condition=models.Q(('due_on__gt', models.F('begins_on'))), name='joint_milestone_due'), models.CheckConstraint(condition=models.Q(models.Q(('done_by__isnull', False), ('done_on__gte', models.F('begins_on')), ('state', 'done'), ('recorded_at__isnull', False), ('recorded_by__isnull', False)), models.Q(models.Q(('state', 'done'), _negated=True), ('done_by', None), ('done_on', None), ('recorded_at', None), ('recorded_by', None)), _connector='OR'), name='joint_milestone_done')],
            },
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.UniqueConstraint(fields=('alliance', 'code'), name='joint_project_code'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'ended'), _negated=True), models.Q(('why', ''), _negated=True), _connector='OR'), name='joint_project_why'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(fields=['alliance', 'hospital', '-first_day'], name='joint_hospital'),
        ),
        migrations.AddIndex(
            model_name='enrolment',
            index=models.Index(fields=['alliance', 'primary', '-first_day'], name='joint_primary'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(('hospital', models.F('primary')), _negated=True), name='joint_two_institutions'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('alliance', 'project', 'person'), name='joint_person_once'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), ('withdrawn_on__gte', models.F('first_day')), models.Q(('reason', ''), _negated=True), models.Q(('why', ''), _negated=True)), models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('reason', ''), ('why', ''), ('withdrawn_on', None)), _connector='OR'), name='joint_withdrawn'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.UniqueConstraint(fields=('alliance', 'project', 'from_day', 'number'), name='joint_step_once'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('days__gt', 0), ('parameter', '')), models.Q(('days', None), models.Q(('parameter', ''), _negated=True)), _connector='OR'), name='joint_step_days'),
        ),
    ]
