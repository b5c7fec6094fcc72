import alliance.tenancy.scope
import django.db.models.deletion
import django_fsm
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('alliance', '0001_ground'),
    ]

    operations = [
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(editable=False, max_length=24, verbose_name='referral number')),
                ('direction', models.CharField(choices=[('up', 'Up-referral'), ('down', 'Down-referral')], max_length=4, verbose_name='direction')),
                ('urgency', models.CharField(choices=[('ordinary', 'ordinary'), ('urgent', 'urgent'), ('critical', 'critical')], default='ordinary', max_length=8, verbose_name='urgency')),
                ('state', django_fsm.FSMField(choices=[('submitted', 'waiting for an answer'), ('accepted', 'accepted'), ('declined', 'declined'), ('arrived', 'arrived'), ('no_show', 'did not come'), ('completed', 'completed'), ('cancelled', 'cancelled')], default='submitted', editable=False, max_length=20, verbose_name='state')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('contact_phone', models.CharField(blank=True, max_length=20, verbose_name="doctor's phone")),
                ('reason', models.CharField(max_length=24, verbose_name='reason')),
                ('reason_text', models.CharField(blank=True, max_length=300, verbose_name='reason in words')),
                ('diagnosis_code', models.CharField(blank=True, max_length=20, verbose_name='diagnosis code')),
                ('diagnosis_name', models.CharField(max_length=100, verbose_name='diagnosis')),
                ('summary', models.TextField(blank=True, verbose_name='history and findings')),
                ('treatment', models.TextField(blank=True, verbose_name='treatment so far')),
                ('next_plan', models.TextField(blank=True, verbose_name='next plan and rehabilitation')),
                ('medication', models.TextField(blank=True, verbose_name='medication')),
                ('transport', models.CharField(blank=True, choices=[('own', 'comes by own means'), ('ambulance', 'ambulance (120)'), ('institution', 'vehicle of the institution')], max_length=12, verbose_name='transport')),
                ('consent', models.BooleanField(default=False, verbose_name='the patient agrees to the referral and to sharing the record')),
                ('logged_at', models.DateTimeField(verbose_name='logged')),
                ('answer_rule', models.CharField(editable=False, max_length=8)),
                ('answer_due_at', models.DateTimeField(editable=False, verbose_name='answer due')),
                ('answered_at', models.DateTimeField(editable=False, null=True, verbose_name='answered')),
                ('arrived_at', models.DateTimeField(editable=False, null=True, verbose_name='arrived')),
                ('completed_at', models.DateTimeField(editable=False, null=True, verbose_name='completed')),
                ('closed_at', models.DateTimeField(editable=False, null=True, verbose_name='ended without arrival')),
                ('decline_reason', models.CharField(blank=True, editable=False, max_length=24, verbose_name='reason for declining')),
                ('decline_text', models.CharField(blank=True, editable=False, max_length=300, verbose_name='in words')),
                ('reply', models.TextField(blank=True, editable=False, verbose_name='reply')),
                ('alliance', models.ForeignKey(default=alliance.tenancy.scope.current_alliance_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.alliance')),
                ('logged_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership', verbose_name='sending doctor')),
                ('origin_department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.department', verbose_name='sending department')),
                ('origin_institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.institution', verbose_name='sent from')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.person', verbose_name='patient')),
                ('previous', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='referrals.referral', verbose_name='earlier referral')),
                ('target_department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.department', verbose_name='receiving department')),
                ('target_institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.institution', verbose_name='sent to')),
            ],
            options={
                'verbose_name': 'referral',
                'verbose_name_plural': 'referrals',
                'ordering': ['-logged_at', '-pk'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['alliance', 'target_institution', 'state', 'answer_due_at'], name='referral_waiting'), models.Index(fields=['alliance', 'origin_institution', '-logged_at'], name='referral_sent'), models.Index(fields=['alliance', 'logged_at'], name='referral_logged'), models.Index(fields=['alliance', 'arrived_at'], name='referral_arrivals'), models.Index(fields=['alliance', 'state', 'answer_due_at'], name='referral_due')],
                'constraints': [models.UniqueConstraint(fields=('alliance', 'number'), name='referral_number'), models.UniqueConstraint(condition=models.Q(('state__in', ['submitted', 'accepted', 'arrived']), models.Q(('urgency', 'critical'), _negated=True)), fields=('alliance', 'person', 'direction'), name='referral_live_once'), models.CheckConstraint(condition=models.Q(('origin_institution', models.F('target_institution')), _negated=True), name='referral_elsewhere'), models.CheckConstraint(condition=models.Q(('consent', True), ('urgency', 'critical'), _connector='OR'), name='referral_consent'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('answered_at__isnull', False), models.Q(('decline_reason', ''), _negated=True)), _connector='OR'), name='referral_decline_reason'), models.CheckConstraint(condition=models.Q(('state', 'declined'), ('urgency', 'critical'), _negated=True), name='referral_emergency'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['accepted', 'arrived', 'completed', 'no_show']), _negated=True), ('answered_at__isnull', False), _connector='OR'), name='referral_answered'), models.CheckConstraint(condition=models.Q(models.Q(('arrived_at__isnull', False), ('state__in', ['arrived', 'completed'])), models.Q(models.Q(('state__in', ['arrived', 'completed']), _negated=True), ('arrived_at__isnull', True)), _connector='OR'), name='referral_arrived'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'completed'), _negated=True), models.Q(('completed_at__isnull', False), models.Q(('reply', ''), _negated=True)), _connector='OR'), name='referral_reply')],
            },
        ),
        migrations.CreateModel(
            name='ReferralNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('last', models.PositiveIntegerField()),
                ('alliance', models.ForeignKey(default=alliance.tenancy.scope.current_alliance_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.alliance')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('alliance', 'day'), name='referral_number_day')],
            },
        ),
    ]
