from django.db import migrations

FOLLOW = """
CREATE FUNCTION evidence_follow_custody() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO evidence_custodyhead AS head (file_id, sequence, digest) VALUES (NEW.file_id, NEW.sequence, NEW.digest)
    ON CONFLICT (file_id) DO UPDATE SET sequence = EXCLUDED.sequence, digest = EXCLUDED.digest
        WHERE EXCLUDED.sequence > head.sequence;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION evidence_follow_custody() FROM PUBLIC;
CREATE TRIGGER follow_custody AFTER INSERT ON evidence_custodyevent
    FOR EACH ROW EXECUTE FUNCTION evidence_follow_custody();
"""
"""In the name of the owner: the release before writes entries and knows of no ends, nor has it rights on them."""
LEAVE = """
DROP TRIGGER follow_custody ON evidence_custodyevent;
DROP FUNCTION evidence_follow_custody();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0002_custody_heads"),
    ]

    operations = [migrations.RunSQL(FOLLOW, LEAVE)]
