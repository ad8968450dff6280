from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0003_mail_texts'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='oneuselink',
            name='spent_at',
        ),
        migrations.RenameModel(
            old_name='OneUseLink',
            new_name='MailedLink',
        ),
        migrations.AlterModelOptions(
            name='mailedlink',
            options={'default_permissions': (), 'verbose_name': 'link in a mail'},
        ),
        migrations.RenameIndex(
            model_name='mailedlink',
            new_name='mailed_link_subject',
            old_name='one_use_link_subject',
        ),
    ]
