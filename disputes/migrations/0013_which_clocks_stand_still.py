from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('disputes', '0012_words_stay_in_their_row'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='deadline',
            index=models.Index(condition=models.Q(('status', 'paused')), fields=['pause_reason', 'case'], name='disputes_paused_deadlines'),
        ),
    ]
