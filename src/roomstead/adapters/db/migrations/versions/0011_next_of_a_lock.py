"""A job that waited for another of the same lock is told of as soon as that one has ended."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TELL = """
CREATE FUNCTION roomstead_tell_next_of_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM procrastinate_jobs WHERE lock = OLD.lock AND status = 'todo') THEN
        PERFORM pg_notify('procrastinate_any_queue_v1',
                          json_build_object('type', 'job_inserted', 'job_id', OLD.id)::text);
    END IF;
    RETURN NULL;
END;
$$
"""
"""Workers that hear this look for jobs, as when one was left (Procrastinate's own words on its own channel)."""

WHEN_ENDED = """
CREATE TRIGGER roomstead_job_ended AFTER DELETE ON procrastinate_jobs
FOR EACH ROW WHEN (OLD.status = 'doing' AND OLD.lock IS NOT NULL) EXECUTE FUNCTION roomstead_tell_next_of_lock()
"""
"""A job that ends in any way is deleted."""


def upgrade() -> None:
    """Apply."""
    op.execute(TELL)
    op.execute(WHEN_ENDED)
