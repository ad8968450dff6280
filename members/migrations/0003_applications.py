import core.forms.validators
import django.db.models.deletion
import django.utils.timezone
import django_countries.fields
import members.models.application
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('members', '0002_organisations_known_better'),
    ]

    operations = [
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Being written'), ('submitted', 'Submitted, waiting for the secretariat'), ('checking', 'Being checked'), ('more_information', 'Waiting for the applicant’s answers'), ('with_committee', 'With the steering committee'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='draft', max_length=16, verbose_name='state')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='the applicant’s e-mail address')),
                ('address_key', models.CharField(blank=True, help_text='The address in its canonical form.', max_length=254)),
                ('language', models.CharField(blank=True, max_length=12, verbose_name='language')),
                ('key', models.CharField(blank=True, help_text='Who it is, from members/identity/keys.py; empty while it has no name.', max_length=255)),
                ('category', models.CharField(choices=[('member', 'Member'), ('observer', 'Observer')], default='member', max_length=10, verbose_name='joins as')),
                ('name', models.CharField(blank=True, max_length=160, validators=[core.forms.validators.validate_line], verbose_name='name')),
                ('acronym', models.CharField(blank=True, max_length=40, validators=[core.forms.validators.validate_line], verbose_name='short name')),
                ('other_names', models.TextField(blank=True, max_length=1000, validators=[core.forms.validators.validate_lines], verbose_name='other names')),
                ('country', django_countries.fields.CountryField(blank=True, max_length=2, verbose_name='country')),
                ('countries_of_work', django_countries.fields.CountryField(blank=True, max_length=746, multiple=True, verbose_name='countries of work')),
                ('kind', models.CharField(blank=True, choices=[('ngo', 'Non-governmental organisation'), ('professional', 'Professional association'), ('union', 'Trade union'), ('faith', 'Faith-based organisation'), ('academic', 'University or research institute'), ('community', 'Community or patients’ group'), ('network', 'Network or coalition'), ('provider', 'Health facility or service'), ('other', 'Other')], max_length=12, verbose_name='kind')),
                ('founded', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='founded')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('size', models.CharField(blank=True, max_length=200, verbose_name='members or staff')),
                ('registration', models.CharField(blank=True, max_length=200, verbose_name='registration')),
                ('for_profit_funding', models.BooleanField(blank=True, null=True, verbose_name='funding from for-profit health business')),
                ('for_profit_explanation', models.TextField(blank=True, max_length=2000, verbose_name='explanation of that funding')),
                ('work', models.TextField(blank=True, max_length=3000, verbose_name='what it does for health workers')),
                ('motivation', models.TextField(blank=True, max_length=3000, verbose_name='why it joins')),
                ('goals', models.TextField(blank=True, help_text='One a line.', max_length=2000, verbose_name='goals it will work on')),
                ('working_groups', models.TextField(blank=True, help_text='One a line.', max_length=2000, verbose_name='working groups')),
                ('heard', models.CharField(blank=True, max_length=400, verbose_name='how it heard of us')),
                ('agrees_vision', models.BooleanField(default=False, verbose_name='agrees with the vision')),
                ('agrees_terms', models.BooleanField(default=False, verbose_name='agrees with the terms')),
                ('representative_name', models.CharField(blank=True, max_length=120, validators=[core.forms.validators.validate_line], verbose_name='representative')),
                ('representative_position', models.CharField(blank=True, max_length=120, validators=[core.forms.validators.validate_line], verbose_name='role of the representative')),
                ('representative_email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address of the representative')),
                ('representative_phone', models.CharField(blank=True, max_length=40, verbose_name='telephone of the representative')),
                ('second_name', models.CharField(blank=True, max_length=120, validators=[core.forms.validators.validate_line], verbose_name='second contact')),
                ('second_position', models.CharField(blank=True, max_length=120, validators=[core.forms.validators.validate_line], verbose_name='role of the second contact')),
                ('second_email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address of the second contact')),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='begun')),
                ('saved_at', models.DateTimeField(null=True, verbose_name='last saved')),
                ('warned_at', models.DateTimeField(help_text='When the end of the draft was announced.', null=True)),
                ('submitted_at', models.DateTimeField(null=True, verbose_name='submitted')),
                ('promised_on', models.DateField(null=True, verbose_name='answer promised by')),
                ('asked_at', models.DateTimeField(null=True, verbose_name='questions asked')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended')),
                ('anonymised_at', models.DateTimeField(null=True, verbose_name='anonymised')),
                ('opened_at', models.DateTimeField(null=True)),
                ('decline_reason', models.CharField(blank=True, choices=[('criteria', 'Our members are civil-society organisations that work for health workers, and we could not see that here'), ('commercial', 'Funding from for-profit health business is a conflict with the coalition’s aims'), ('vision', 'The organisation’s positions are at odds with the coalition’s vision'), ('unverified', 'We could not make sure who the organisation is, or that its representative may speak for it'), ('duplicate', 'The organisation belongs to the coalition, or has applied, already'), ('other', 'Another reason')], max_length=12, verbose_name='declined because')),
                ('letter', models.TextField(blank=True, help_text="The secretariat's words in the mail of the decision.", max_length=4000, verbose_name='letter')),
                ('assigned_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='assigned to')),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='members.organisation', verbose_name='organisation of the coalition')),
            ],
            options={
                'verbose_name': 'application',
                'verbose_name_plural': 'applications',
                'default_permissions': ('view', 'change', 'export'),
            },
        ),
        migrations.CreateModel(
            name='ApplicationFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('logo', 'Logo'), ('document', 'Document')], max_length=8, verbose_name='kind')),
                ('file', models.FileField(max_length=160, upload_to=members.models.application.private_path)),
                ('name', models.CharField(help_text='As the applicant called it.', max_length=160, verbose_name='file name')),
                ('size', models.PositiveIntegerField(default=0, verbose_name='bytes')),
                ('digest', models.CharField(help_text='SHA-256 of what was uploaded, so that a refresh adds nothing.', max_length=64)),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='members.application')),
            ],
            options={
                'verbose_name': 'file of an application',
                'verbose_name_plural': 'files of applications',
                'ordering': ('kind', 'pk'),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ApplicationNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=4000, verbose_name='note')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='members.application')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'note',
                'verbose_name_plural': 'notes',
                'ordering': ('at', 'pk'),
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('address_key', models.CharField(max_length=254)),
                ('access', models.CharField(choices=[('read', 'Read'), ('edit', 'Read and edit')], default='read', max_length=4, verbose_name='may')),
                ('invited_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='members.application')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(blank=True, max_length=40, verbose_name='field')),
                ('text', models.TextField(max_length=1000, verbose_name='question')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked')),
                ('before', models.TextField(blank=True)),
                ('after', models.TextField(blank=True)),
                ('reply', models.TextField(blank=True, max_length=3000, verbose_name='reply')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='answered')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='members.application')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'question',
                'verbose_name_plural': 'questions',
                'ordering': ('asked_at', 'pk'),
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['state', 'submitted_at'], name='application_queue'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['address_key'], name='application_address'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('submitted', 'checking', 'more_information', 'with_committee'))), fields=('key',), name='application_once_open'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('saved_at__isnull', True), ('state', 'draft')), fields=('address_key',), name='application_one_empty_draft'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('submitted_at__isnull', False), _connector='OR'), name='application_submitted_at_set'),
        ),
        migrations.AddConstraint(
            model_name='applicationfile',
            constraint=models.UniqueConstraint(fields=('application', 'kind', 'digest'), name='application_file_once'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(fields=('application', 'address_key'), name='invitation_once_to_an_address'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True), models.Q(('field', ''), _negated=True)), fields=('application', 'field'), name='question_once_open_about_a_field'),
        ),
    ]
