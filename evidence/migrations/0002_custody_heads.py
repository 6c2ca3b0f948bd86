import django.db.models.deletion
from django.db import migrations, models

ENDS = """
INSERT INTO evidence_custodyhead (file_id, sequence, digest)
SELECT DISTINCT ON (file_id) file_id, sequence, digest FROM evidence_custodyevent ORDER BY file_id, sequence DESC
"""


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustodyHead",
            fields=[
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="custody_head",
                        serialize=False, to="evidence.storedfile",
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "end of a custody log",
                "verbose_name_plural": "ends of custody logs",
            },
        ),
        migrations.RunSQL(ENDS, migrations.RunSQL.noop),
    ]
