"""Jobs: the tables of Procrastinate 3.10, and the function by which we leave jobs.

Procrastinate ships its schema as numbered steps (its documentation, "Migrations"). Running them up to a fixed step
keeps this revision the same whatever later version is installed; a later revision runs the steps that follow.
"""

from alembic import op
from procrastinate.schema import migrations_path

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LAST_STEP = "03.04.00_50_post_add_retry_failed_job_procedure.sql"

BY_LOCK = """
CREATE INDEX roomstead_jobs_by_lock ON procrastinate_jobs (lock) WHERE status IN ('todo', 'doing')
"""
"""Each fetch asks whether another job has the same lock; the queue's own index for that has the id in front of it and
is read whole when thousands wait."""

DEFER = """
CREATE FUNCTION roomstead_defer_jobs(wanted jsonb) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    waiting text[];
    missing procrastinate_job_to_defer_v1[];
BEGIN
    FOR attempt IN 1..20 LOOP
        -- A job that waits already is enough, if it cannot start before what it shall find is committed: workers skip
        -- rows that are locked.
        SELECT array_agg(queueing_lock) INTO waiting FROM (
            SELECT queueing_lock FROM procrastinate_jobs
            WHERE status = 'todo'
              AND queueing_lock IN (SELECT w.lock FROM jsonb_to_recordset(wanted) AS w(lock text))
            ORDER BY queueing_lock FOR SHARE
        ) AS held;
        SELECT array_agg(ROW('default', w.task, w.priority, w.lock, w.lock, w.args, NULL)::procrastinate_job_to_defer_v1
                         ORDER BY w.lock)
          INTO missing
          FROM jsonb_to_recordset(wanted) AS w(task text, lock text, priority integer, args jsonb)
         WHERE waiting IS NULL OR w.lock <> ALL (waiting);
        IF missing IS NULL THEN
            RETURN 0;
        END IF;
        BEGIN
            PERFORM procrastinate_defer_jobs_v1(missing);
            IF cardinality(missing) >= 500 THEN
                ANALYZE procrastinate_jobs;  -- else the planner believes that the table is as empty as it was
            END IF;
            RETURN cardinality(missing);
        EXCEPTION WHEN unique_violation THEN
            NULL;  -- somebody else left one of them just now: look again
        END;
    END LOOP;
    RAISE 'jobs could not be deferred: others keep deferring the same ones';
END;
$$
"""


def upgrade() -> None:
    """Apply."""
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise LookupError("the upgrade runs on a connection that is not open")
    for step in sorted(migrations_path.glob("*.sql")):
        if step.name <= LAST_STEP:
            driver.execute(step.read_text(encoding="utf-8"))
    driver.execute(BY_LOCK)
    driver.execute(DEFER)
