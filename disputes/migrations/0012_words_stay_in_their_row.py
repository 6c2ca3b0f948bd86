from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('disputes', '0011_one_range_a_stage'),
    ]

    operations = [
        migrations.RunSQL(
            'ALTER TABLE disputes_casesearch ALTER COLUMN words SET STORAGE MAIN',
            'ALTER TABLE disputes_casesearch ALTER COLUMN words SET STORAGE EXTENDED',
        ),
    ]
