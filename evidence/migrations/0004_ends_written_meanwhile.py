from django.db import migrations

CATCH_UP = """
INSERT INTO evidence_custodyhead AS head (file_id, sequence, digest)
SELECT DISTINCT ON (file_id) file_id, sequence, digest FROM evidence_custodyevent ORDER BY file_id, sequence DESC
ON CONFLICT (file_id) DO UPDATE SET sequence = EXCLUDED.sequence, digest = EXCLUDED.digest
    WHERE EXCLUDED.sequence > head.sequence
"""
"""What was written between the table of ends and the trigger that fills it; in a transaction that locks nobody out."""


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0003_ends_follow_their_logs"),
    ]

    operations = [migrations.RunSQL(CATCH_UP, migrations.RunSQL.noop)]
