import alliance.tenancy.scope
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('alliance', '0001_ground'),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60, verbose_name='code')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('kind', models.CharField(choices=[('source', 'source of money'), ('fund', 'fund'), ('clearing', 'clearing'), ('institution', 'institution'), ('department', 'department'), ('team', 'team'), ('person', 'one person')], max_length=12, verbose_name='kind')),
                ('alliance', models.ForeignKey(default=alliance.tenancy.scope.current_alliance_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.alliance')),
                ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.department', verbose_name='department')),
                ('institution', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.institution', verbose_name='institution')),
                ('staff', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.staff', verbose_name='staff member')),
            ],
            options={
                'verbose_name': 'account',
                'verbose_name_plural': 'accounts',
                'ordering': ['code'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('alliance', 'code'), name='ledger_account_code'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['institution', 'department', 'person']), _negated=True), ('institution__isnull', False), _connector='OR'), name='ledger_account_has_institution'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'department'), _negated=True), ('department__isnull', False), _connector='OR'), name='ledger_account_has_department'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'person'), _negated=True), ('staff__isnull', False), _connector='OR'), name='ledger_account_has_staff')],
            },
        ),
        migrations.CreateModel(
            name='Period',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('state', models.CharField(choices=[('open', 'open for posting'), ('closed', 'closed for good')], default='open', max_length=8, verbose_name='state')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='closed at')),
                ('alliance', models.ForeignKey(default=alliance.tenancy.scope.current_alliance_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.alliance')),
                ('close_confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership')),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership')),
            ],
            options={
                'verbose_name': 'period',
                'verbose_name_plural': 'periods',
                'ordering': ['-month'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('alliance', 'month'), name='ledger_period_month'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='ledger_period_first_day'), models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(('close_confirmed_by__isnull', False), ('closed_at__isnull', False), ('closed_by__isnull', False), models.Q(('closed_by', models.F('close_confirmed_by')), _negated=True)), _connector='OR'), name='ledger_period_closed_by_two')],
            },
        ),
        migrations.CreateModel(
            name='LedgerJournal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about_month', models.DateField(verbose_name='belongs to')),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('key', models.CharField(max_length=160, verbose_name='idempotency key')),
                ('entries_count', models.IntegerField(verbose_name='ledger entries')),
                ('debit_fen', models.BigIntegerField(verbose_name='amount (fen)')),
                ('inputs_digest', models.CharField(blank=True, max_length=64, verbose_name='digest of the inputs')),
                ('rule_version', models.CharField(blank=True, max_length=80, verbose_name='rule version')),
                ('code_version', models.CharField(blank=True, max_length=80, verbose_name='code version')),
                ('posted_at', models.DateTimeField(auto_now_add=True, verbose_name='posted at')),
                ('text', models.CharField(blank=True, max_length=300, verbose_name='journal text')),
                ('body_digest', models.CharField(max_length=64, verbose_name='digest of the journal')),
                ('alliance', models.ForeignKey(default=alliance.tenancy.scope.current_alliance_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.alliance')),
                ('confirmed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership')),
                ('posted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.membership')),
                ('reverses', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='ledger.ledgerjournal', verbose_name='reverses')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='journals', to='ledger.period', verbose_name='period')),
            ],
            options={
                'verbose_name': 'ledger journal',
                'verbose_name_plural': 'ledger journals',
                'ordering': ['-pk'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('alliance', 'key'), name='ledger_journal_key'), models.UniqueConstraint(fields=('alliance', 'reverses'), name='ledger_journal_reversed_once'), models.CheckConstraint(condition=models.Q(('entries_count__gte', 2)), name='ledger_journal_two_entries'), models.CheckConstraint(condition=models.Q(('debit_fen__gt', 0)), name='ledger_journal_moves_money'), models.CheckConstraint(condition=models.Q(('about_month__day', 1)), name='ledger_journal_about_first_day'), models.CheckConstraint(condition=models.Q(('posted_by', models.F('confirmed_by')), _negated=True), name='ledger_journal_two_people')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField(verbose_name='line')),
                ('fen', models.BigIntegerField(verbose_name='amount (fen)')),
                ('reason', models.JSONField(default=dict, verbose_name='reason')),
                ('evidence_kind', models.CharField(blank=True, max_length=60)),
                ('evidence_id', models.BigIntegerField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.account', verbose_name='account')),
                ('alliance', models.ForeignKey(default=alliance.tenancy.scope.current_alliance_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliance.alliance')),
                ('journal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.ledgerjournal', verbose_name='ledger journal')),
            ],
            options={
                'verbose_name': 'ledger entry',
                'verbose_name_plural': 'ledger entries',
                'ordering': ['journal', 'number'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['alliance', 'account', 'journal'], name='ledger_entry_account')],
                'constraints': [models.UniqueConstraint(fields=('alliance', 'journal', 'number'), name='ledger_entry_number'), models.CheckConstraint(condition=models.Q(('fen', 0), _negated=True), name='ledger_entry_not_zero'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='ledger_entry_number_from_one'), models.CheckConstraint(condition=models.Q(models.Q(('evidence_id__isnull', True), ('evidence_kind', '')), models.Q(models.Q(('evidence_kind', ''), _negated=True), ('evidence_id__isnull', False)), _connector='OR'), name='ledger_entry_evidence_whole')],
            },
        ),
    ]
