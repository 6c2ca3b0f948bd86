from django.db import migrations

from contract.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("rules", "0001_initial"), ("contract", "0001_initial")]

    operations = [AppendOnly("rules_policyversion"), AppendOnly("rules_calendaredition")]
