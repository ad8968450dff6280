import core.forms.validators
import core.dates
import django.db.models.deletion
import django.utils.timezone
import django_countries.fields
import modelcluster.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('members', '0001_organisations'),
    ]

    operations = [
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='name')),
                ('slug', models.SlugField(help_text='How it stands in the directory’s address.', max_length=60, unique=True, verbose_name='address')),
            ],
            options={
                'verbose_name': 'theme',
                'verbose_name_plural': 'themes',
                'ordering': ('name',),
            },
        ),
        migrations.AddField(
            model_name='membership',
            name='confirmed_on',
            field=models.DateField(blank=True, help_text='When the organisation last said that it belongs, and its profile is right.', null=True, verbose_name='confirmed on'),
        ),
        migrations.AddField(
            model_name='membership',
            name='recorded_on',
            field=models.DateField(default=core.dates.site_today, editable=False, verbose_name='recorded on'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='aliases',
            field=models.TextField(blank=True, help_text='Former names and names in other languages, one a line. It is recognised by them.', max_length=1000, validators=[core.forms.validators.validate_lines], verbose_name='other names'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='countries_of_work',
            field=django_countries.fields.CountryField(blank=True, help_text='Where it is active.', max_length=746, multiple=True, verbose_name='countries of work'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='founded',
            field=models.PositiveSmallIntegerField(blank=True, help_text='The year, in four digits.', null=True, verbose_name='founded'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='kind',
            field=models.CharField(blank=True, choices=[('ngo', 'Non-governmental organisation'), ('professional', 'Professional association'), ('union', 'Trade union'), ('faith', 'Faith-based organisation'), ('academic', 'University or research institute'), ('community', 'Community or patients’ group'), ('network', 'Network or coalition'), ('provider', 'Health facility or service'), ('other', 'Other')], help_text='The directory can be searched by it.', max_length=12, verbose_name='kind'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='more_domains',
            field=models.TextField(blank=True, help_text='One a line, such as “example.org”. It is recognised by them.', max_length=1000, verbose_name='other web domains'),
        ),
        migrations.AddField(
            model_name='seat',
            name='alternate_email',
            field=models.EmailField(blank=True, help_text='Ballots go there if the first is empty.', max_length=254, verbose_name='the alternate’s e-mail address'),
        ),
        migrations.AddField(
            model_name='seat',
            name='alternate_name',
            field=models.CharField(blank=True, help_text='Who stands in for them.', max_length=120, verbose_name='alternate'),
        ),
        migrations.AddField(
            model_name='seat',
            name='person_email',
            field=models.EmailField(blank=True, help_text='Ballots go there. It is never shown in public.', max_length=254, verbose_name='their e-mail address'),
        ),
        migrations.AddField(
            model_name='seat',
            name='person_name',
            field=models.CharField(blank=True, help_text='Who sits there and votes.', max_length=120, verbose_name='person'),
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('name', models.CharField(max_length=120, validators=[core.forms.validators.validate_line], verbose_name='name')),
                ('email', models.EmailField(help_text='Their own. It is never shown in public.', max_length=254, verbose_name='e-mail address')),
                ('address_key', models.CharField(blank=True, editable=False, help_text='The address in its canonical form.', max_length=254)),
                ('position', models.CharField(blank=True, help_text='For example “Executive director”.', max_length=120, validators=[core.forms.validators.validate_line], verbose_name='role there')),
                ('phone', models.CharField(blank=True, help_text='With the code of the country.', max_length=40, verbose_name='telephone')),
                ('voting', models.BooleanField(default=False, help_text='Is asked to endorse, and once a year to confirm.', verbose_name='voting representative')),
                ('alternate', models.BooleanField(default=False, help_text='Is asked where there is no voting representative.', verbose_name='alternate')),
                ('communications', models.BooleanField(default=False, help_text='For campaigns and the press.', verbose_name='communications')),
                ('finance', models.BooleanField(default=False, help_text='For money and contracts.', verbose_name='finance')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('organisation', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='members.organisation')),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='FormerAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_addresses', to='members.organisation')),
            ],
            options={
                'verbose_name': 'former address',
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='organisation',
            name='themes',
            field=modelcluster.fields.ParentalManyToManyField(blank=True, help_text='What it works on, to be found by.', related_name='organisations', to='members.theme', verbose_name='themes'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(fields=('organisation', 'address_key'), name='contact_once_in_an_organisation'),
        ),
    ]
