"""Turns instead of windows: rates that providers set are kept by lines in which calls wait, in the order of asking."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TAKE_TURN = """
CREATE FUNCTION roomstead_take_turn(
    p_names text[], p_intervals interval[], p_credits interval[], p_patience interval,
    OUT wait interval, OUT is_taken boolean
) LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    promise interval := interval '0';
    line call_line;
BEGIN
    wait := interval '0';
    FOR place IN 1 .. cardinality(p_names) LOOP
        INSERT INTO call_line AS l (name, due, promised) VALUES (p_names[place], moment, moment)
        ON CONFLICT (name) DO UPDATE
           SET due = greatest(l.due, moment), promised = greatest(l.promised, l.due, moment)
        RETURNING * INTO line;
        wait := greatest(wait, line.due - p_credits[place] - moment);
        promise := greatest(promise, line.promised + p_intervals[place] - p_credits[place] - moment);
    END LOOP;
    is_taken := wait <= p_patience;
    IF is_taken THEN
        UPDATE call_line AS l SET due = l.due + t.pace, promised = greatest(l.promised, l.due + t.pace)
          FROM unnest(p_names, p_intervals) AS t(name, pace) WHERE l.name = t.name;
    ELSE
        UPDATE call_line AS l SET promised = l.promised + t.pace
          FROM unnest(p_names, p_intervals) AS t(name, pace) WHERE l.name = t.name;
        wait := promise;
    END IF;
END;
$$
"""

TAKE_CALL = """
CREATE FUNCTION roomstead_take_call(
    p_app text, p_mailbox text, p_holder uuid, p_mailbox_places integer, p_app_places integer, p_lease interval
) RETURNS interval LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz;
    paused timestamptz;
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
    INSERT INTO call_lease (holder, app, mailbox, expires_at) VALUES (p_holder, p_app, p_mailbox, moment + p_lease);
    RETURN interval '0';
END;
$$
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "call_line",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_call_line")),
    )
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise LookupError("the upgrade runs on a connection that is not open")
    driver.execute("DROP FUNCTION roomstead_take_call(text, text, uuid, integer, integer, integer, interval, interval)")
    op.drop_table("call_window")
    driver.execute(TAKE_TURN)
    driver.execute(TAKE_CALL)
