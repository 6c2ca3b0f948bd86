"""What the database itself refuses: a case without its event, and any change to what only grows."""

from django.db import migrations

from contract.append_only import AppendOnly

TIE_CASE_TO_JOURNAL = """
ALTER TABLE disputes_case ADD CONSTRAINT disputes_case_version_is_in_the_journal
    FOREIGN KEY (id, version) REFERENCES disputes_caseevent (case_id, sequence) DEFERRABLE INITIALLY DEFERRED
"""
UNTIE = "ALTER TABLE disputes_case DROP CONSTRAINT disputes_case_version_is_in_the_journal"


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0001_initial"),
        ("rules", "0002_append_only"),
        ("contract", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(TIE_CASE_TO_JOURNAL, UNTIE),
        AppendOnly("disputes_caseevent"),
        AppendOnly("disputes_orderevent"),
        AppendOnly("disputes_ledgerentry"),
        AppendOnly("disputes_metricentry"),
    ]
