from django.db import migrations

IN_ITS_SCHEMA = """
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION evidence_follow_custody() SET search_path = %I, pg_temp', current_schema());
END
$$
"""
"""What runs in the name of the owner looks for tables in the schema of the house: temporary ones, which whoever is
connected may make under any name, come first unless they are said to come last."""


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0004_ends_written_meanwhile"),
    ]

    operations = [migrations.RunSQL(IN_ITS_SCHEMA, migrations.RunSQL.noop)]
