"""Uploaded tables of members, and which contacts came with one."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("members", "0015_room_for_kosovo"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportedMembers',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(blank=True, max_length=160, verbose_name='file')),
                ('content', models.BinaryField(blank=True)),
                ('answers', models.JSONField(default=dict, null=True)),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='uploaded')),
                ('done_at', models.DateTimeField(null=True, verbose_name='imported')),
                ('choices', models.JSONField(default=dict, null=True)),
                ('written', models.JSONField(default=list, null=True)),
                ('counts', models.JSONField(default=dict, null=True)),
                ('welcomed_at', models.DateTimeField(null=True, verbose_name='contacts told')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='taken back')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'imported table of members',
                'verbose_name_plural': 'imported tables of members',
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='contact',
            name='imported',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='contacts', to='members.importedmembers'),
        ),
    ]
