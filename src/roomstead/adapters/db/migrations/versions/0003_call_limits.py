"""Taking one of the places that a provider allows an app, among all workers, in one statement."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TAKE = """
CREATE FUNCTION roomstead_take_call(
    p_app text, p_mailbox text, p_holder uuid,
    p_mailbox_places integer, p_app_places integer, p_calls integer, p_window interval, p_lease interval
) RETURNS interval LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz;
    paused timestamptz;
    used call_window;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('call ' || p_app, 0));
    moment := clock_timestamp();
    SELECT max(until) INTO paused FROM call_pause
     WHERE app = p_app AND mailbox IN ('', p_mailbox) AND until > moment;
    IF paused IS NOT NULL THEN
        RETURN paused - moment;
    END IF;
    DELETE FROM call_lease WHERE app = p_app AND expires_at <= moment;
    IF (SELECT count(*) FROM call_lease WHERE app = p_app) >= p_app_places
       OR p_mailbox <> ''
          AND (SELECT count(*) FROM call_lease WHERE app = p_app AND mailbox = p_mailbox) >= p_mailbox_places
    THEN
        RETURN interval '20 milliseconds';
    END IF;
    IF p_mailbox <> '' THEN
        INSERT INTO call_window AS w (app, mailbox, started_at, calls) VALUES (p_app, p_mailbox, moment, 0)
        ON CONFLICT (app, mailbox) DO UPDATE
           SET started_at = CASE WHEN w.started_at <= moment - p_window THEN moment ELSE w.started_at END,
               calls = CASE WHEN w.started_at <= moment - p_window THEN 0 ELSE w.calls END
        RETURNING * INTO used;
        IF used.calls >= p_calls THEN
            RETURN used.started_at + p_window - moment;
        END IF;
        UPDATE call_window SET calls = calls + 1 WHERE app = p_app AND mailbox = p_mailbox;
    END IF;
    INSERT INTO call_lease (holder, app, mailbox, expires_at) VALUES (p_holder, p_app, p_mailbox, moment + p_lease);
    RETURN interval '0';
END;
$$
"""


def upgrade() -> None:
    """Apply."""
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise LookupError("the upgrade runs on a connection that is not open")
    driver.execute(TAKE)
