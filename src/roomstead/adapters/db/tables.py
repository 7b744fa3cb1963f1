"""All tables. Their shape holds several rooms, series, host history and masking from day one.

Conventions: ids are UUIDs made by us; times are ``timestamptz``; enumerations are text with the domain's words;
``version`` counts changes of what people edit and is the API's ETag. Provider ids are compared byte by byte
(collation C), since two ids may differ in case only.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

EXACT = String(collation="C")
MOMENT = DateTime(timezone=True)


def _id() -> Column[object]:
    return Column("id", Uuid, primary_key=True)


def _version() -> Column[object]:
    return Column("version", Integer, nullable=False, server_default="1")


def _created() -> Column[object]:
    return Column("created_at", MOMENT, nullable=False, server_default=func.now())


# --- people -----------------------------------------------------------------------------------------------------------

person = Table(
    "person",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("is_active", Boolean, nullable=False, server_default=text("true")),
    Column("zone", Text),
    Column("theme", Text, nullable=False, server_default="system"),
    Column("hours", Text, nullable=False, server_default="24"),
    _version(),
    _created(),
)

person_address = Table(
    "person_address",
    metadata,
    Column("address", Text, primary_key=True),
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("position", SmallInteger, nullable=False, server_default="0"),
    Index(None, "person_id"),
)

api_token = Table(
    "api_token",
    metadata,
    _id(),
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    _created(),
    Column("expires_at", MOMENT),
    Column("last_used_at", MOMENT),
    Column("revoked_at", MOMENT),
    Index(None, "person_id"),
)

# --- signing in -------------------------------------------------------------------------------------------------------

web_session = Table(
    "web_session",
    metadata,
    _id(),
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    _created(),
    Column("seen_at", MOMENT, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
    Column("agent", Text, nullable=False),
    Index(None, "person_id"),
    Index(None, "seen_at"),
)

password = Table(
    "password",
    metadata,
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("hash", Text, nullable=False),
    Column("changed_at", MOMENT, nullable=False),
)

sign_in_link = Table(
    "sign_in_link",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE")),
    _created(),
    Column("expires_at", MOMENT, nullable=False),
    Index(None, "person_id"),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("began_at", MOMENT, nullable=False),
    Column("count", Integer, nullable=False),
    Index(None, "began_at"),
)

identity_provider = Table(
    "identity_provider",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False, server_default="1"),
    Column("issuer", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("sealed_secret", LargeBinary),
    Column("role_claim", Text, nullable=False),
    Column("admin_values", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("domains", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("adds_people", Boolean, nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    _version(),
    CheckConstraint("id = 1", name="one"),
)

person_identity = Table(
    "person_identity",
    metadata,
    Column("issuer", Text, nullable=False),
    Column("subject", EXACT, nullable=False),
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    _created(),
    Column("used_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("issuer", "subject"),
    Index(None, "person_id"),
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("owner", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("request_digest", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("headers", JSONB),
    Column("body", JSONB),
    _created(),
    PrimaryKeyConstraint("owner", "key"),
    Index(None, "created_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("at", MOMENT, nullable=False),
    Column("actor_id", Uuid),
    Column("actor_name", Text, nullable=False),
    Column("via", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Uuid),
    Column("integration_id", Uuid),
    Column("detail", JSONB, nullable=False, server_default=text("'{}'")),
    Index(None, "subject_kind", "subject_id"),
    Index(None, "integration_id"),
    Index("ix_audit_attempt", "at", postgresql_where=text("starts_with(action, 'attempt.')")),
)

audit_tally = Table(
    "audit_tally",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("began_at", MOMENT, nullable=False),
    Column("entry_id", BigInteger, nullable=False),
)

# --- integrations -----------------------------------------------------------------------------------------------------

integration = Table(
    "integration",
    metadata,
    _id(),
    Column("provider", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("endpoints", JSONB, nullable=False),
    Column("tier", SmallInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("setup_address", Text),
    Column("domains", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("app_object_id", Text, nullable=False, server_default=""),
    Column("attention", JSONB),
    Column("consent", JSONB),
    Column("next_discovery_at", MOMENT),
    Column("removed_at", MOMENT),
    _version(),
    _created(),
    UniqueConstraint("provider", "tenant", "name"),
)

credential = Table(
    "credential",
    metadata,
    _id(),
    Column("integration_id", Uuid, ForeignKey("integration.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("settings", JSONB, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("expires_at", MOMENT),
    _created(),
    Column("tier", Integer),
    UniqueConstraint("integration_id", "slot"),
)

integration_draft = Table(
    "integration_draft",
    metadata,
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    Column("provider", Text, nullable=False),
    Column("typed", JSONB, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("updated_at", MOMENT, nullable=False),
)

service_mailbox = Table(
    "service_mailbox",
    metadata,
    _id(),
    Column("integration_id", Uuid, ForeignKey("integration.id", ondelete="CASCADE"), nullable=False),
    Column("address", Text, nullable=False),
    Column("object_id", EXACT),
    Column("display_name", Text, nullable=False, server_default=""),
    Column("status", Text, nullable=False),
    Column("activated_at", MOMENT),
    Column("proven_at", MOMENT),
    Column("retiring_since", MOMENT),
    Column("retired_at", MOMENT),
    _version(),
    _created(),
    Index(
        "uq_service_mailbox_one_active",
        "integration_id",
        unique=True,
        postgresql_where=text("status = 'active'"),
    ),
    Index(
        "uq_service_mailbox_one_pending",
        "integration_id",
        unique=True,
        postgresql_where=text("status = 'pending'"),
    ),
)

mailbox_access = Table(
    "mailbox_access",
    metadata,
    Column("integration_id", Uuid, ForeignKey("integration.id", ondelete="CASCADE"), nullable=False),
    Column("address", Text, nullable=False),
    Column("capability", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("provider_code", Text, nullable=False, server_default=""),
    Column("request_id", Text, nullable=False, server_default=""),
    Column("probed_at", MOMENT, nullable=False),
    Column("changed_at", MOMENT, nullable=False),
    PrimaryKeyConstraint("integration_id", "address", "capability"),
)

mailbox_access_history = Table(
    "mailbox_access_history",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("integration_id", Uuid, ForeignKey("integration.id", ondelete="CASCADE"), nullable=False),
    Column("address", Text, nullable=False),
    Column("capability", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("provider_code", Text, nullable=False, server_default=""),
    Column("at", MOMENT, nullable=False),
    Index(None, "integration_id", "at"),
    Index(None, "integration_id", "address"),
)

must_be_refused = Table(
    "must_be_refused",
    metadata,
    Column("integration_id", Uuid, ForeignKey("integration.id", ondelete="CASCADE"), nullable=False),
    Column("address", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    _created(),
    PrimaryKeyConstraint("integration_id", "address"),
)

verification = Table(
    "verification",
    metadata,
    _id(),
    Column("integration_id", Uuid, ForeignKey("integration.id", ondelete="CASCADE"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("service_mailbox_id", Uuid, ForeignKey("service_mailbox.id", ondelete="SET NULL")),
    Column("credential_slot", Text, nullable=False, server_default="current"),
    Column("options", JSONB, nullable=False, server_default=text("'{}'")),
    Column("requested_by", JSONB, nullable=False),
    Column("started_at", MOMENT),
    Column("finished_at", MOMENT),
    Column("next_attempt_at", MOMENT),
    _created(),
    Index(None, "integration_id", "created_at"),
    Index("ix_verification_open", "next_attempt_at", postgresql_where=text("finished_at IS NULL")),
)

verification_check = Table(
    "verification_check",
    metadata,
    Column("verification_id", Uuid, ForeignKey("verification.id", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("sentence", Text, nullable=False, server_default=""),
    Column("cause", Text, nullable=False, server_default=""),
    Column("remedy", JSONB),
    Column("evidence", JSONB, nullable=False, server_default=text("'{}'")),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("passed", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="0"),
    Column("started_at", MOMENT),
    Column("finished_at", MOMENT),
    PrimaryKeyConstraint("verification_id", "key"),
)

verification_subject = Table(
    "verification_subject",
    metadata,
    Column("verification_id", Uuid, ForeignKey("verification.id", ondelete="CASCADE"), nullable=False),
    Column("check_key", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("cause", Text, nullable=False, server_default=""),
    Column("provider_code", Text, nullable=False, server_default=""),
    Column("request_id", Text, nullable=False, server_default=""),
    Column("at", MOMENT, nullable=False),
    PrimaryKeyConstraint("verification_id", "check_key", "address"),
)

test_event = Table(
    "test_event",
    metadata,
    _id(),
    Column("integration_id", Uuid, ForeignKey("integration.id", ondelete="CASCADE"), nullable=False),
    Column("verification_id", Uuid),
    Column("mailbox_address", Text, nullable=False),
    Column("mailbox_object_id", EXACT),
    Column("request", JSONB, nullable=False),
    Column("event_id", EXACT),
    Column("starts_at", MOMENT, nullable=False),
    Column("ends_at", MOMENT, nullable=False),
    _created(),
    Column("next_attempt_at", MOMENT, nullable=False),
    Column("removed_at", MOMENT),
    Index("ix_test_event_left", "next_attempt_at", postgresql_where=text("removed_at IS NULL")),
)

# --- rooms ------------------------------------------------------------------------------------------------------------

building = Table(
    "building",
    metadata,
    _id(),
    Column("integration_id", Uuid, ForeignKey("integration.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("zone", Text),
    UniqueConstraint("integration_id", "name"),
)

room = Table(
    "room",
    metadata,
    _id(),
    Column("room_no", Integer, Identity(), nullable=False, unique=True),
    Column("integration_id", Uuid, ForeignKey("integration.id", ondelete="CASCADE"), nullable=False),
    Column("address", Text, nullable=False),
    Column("object_id", EXACT),
    Column("name", Text, nullable=False),
    Column("building", Text),
    Column("floor", Text),
    Column("capacity", Integer),
    Column("equipment", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("zone", Text),
    Column("provider_facts", JSONB, nullable=False, server_default=text("'{}'")),
    Column("overrides", JSONB, nullable=False, server_default=text("'{}'")),
    Column("source", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("left_out_by", Text),
    Column("left_out_at", MOMENT),
    Column("missing_since", MOMENT),
    _version(),
    _created(),
    UniqueConstraint("integration_id", "address"),
    Index(None, "status", "name"),
)

room_door = Table(
    "room_door",
    metadata,
    Column("room_id", Uuid, ForeignKey("room.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    _created(),
)

room_busy = Table(
    "room_busy",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("room_no", Integer, nullable=False),
    Column("blocks_from", MOMENT, nullable=False),
    Column("blocks_to", MOMENT, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ref", Uuid, nullable=False),
    CheckConstraint("blocks_from < blocks_to", name="forward"),
    ExcludeConstraint(
        (text("int4range(room_no, room_no, '[]')"), "="),
        (text("tstzrange(blocks_from, blocks_to)"), "&&"),
        where=text("kind = 'claim'"),
        using="gist",
        name="ex_room_busy_no_double_claim",
    ),
    Index("ix_room_busy_time", "blocks_from", "blocks_to", "room_no"),
    Index(
        "ix_room_busy_long",
        "blocks_to",
        "blocks_from",
        "room_no",
        postgresql_where=text("blocks_to - blocks_from > interval '24 hours'"),
    ),
    Index("ix_room_busy_room", "room_no", "blocks_from"),
    Index("ix_room_busy_ref", "ref"),
)

# --- bookings ---------------------------------------------------------------------------------------------------------

booking = Table(
    "booking",
    metadata,
    _id(),
    Column("integration_id", Uuid, ForeignKey("integration.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("is_private", Boolean, nullable=False, server_default=text("false")),
    Column("zone", Text, nullable=False),
    Column("organizer_id", Uuid, ForeignKey("person.id"), nullable=False),
    Column("organizer_address", Text, nullable=False),
    Column("booked_by", Uuid, ForeignKey("person.id")),
    Column("series", JSONB),
    Column("cancelled_at", MOMENT),
    Column("cancel_cause", Text, nullable=False, server_default=""),
    _version(),
    _created(),
    Column("updated_at", MOMENT, nullable=False, server_default=func.now()),
    Index(None, "organizer_id"),
    Index(None, "booked_by"),
    Index(None, "created_at", "id"),
)

booking_occurrence = Table(
    "booking_occurrence",
    metadata,
    _id(),
    Column("booking_id", Uuid, ForeignKey("booking.id", ondelete="CASCADE"), nullable=False),
    Column("original_start", MOMENT, nullable=False),
    Column("starts_at", MOMENT, nullable=False),
    Column("ends_at", MOMENT, nullable=False),
    Column("observed_starts_at", MOMENT),
    Column("observed_ends_at", MOMENT),
    Column("observed_at", MOMENT),
    Column("is_exception", Boolean, nullable=False, server_default=text("false")),
    Index(None, "booking_id"),
    Index(None, "starts_at"),
)

occurrence_room = Table(
    "occurrence_room",
    metadata,
    _id(),
    Column("occurrence_id", Uuid, ForeignKey("booking_occurrence.id", ondelete="CASCADE"), nullable=False),
    Column("room_id", Uuid, ForeignKey("room.id"), nullable=False),
    Column("answer", Text, nullable=False, server_default="needs_action"),
    Column("answered_at", MOMENT),
    Column("asked_at", MOMENT),
    Column("deadline_at", MOMENT),
    Column("leaving_since", MOMENT),
    Column("checked_in_at", MOMENT),
    UniqueConstraint("occurrence_id", "room_id"),
    Index(None, "room_id"),
)

hosting = Table(
    "hosting",
    metadata,
    _id(),
    Column("booking_id", Uuid, ForeignKey("booking.id", ondelete="CASCADE"), nullable=False),
    Column("host_kind", Text, nullable=False),
    Column("mailbox_address", Text, nullable=False),
    Column("mailbox_object_id", EXACT),
    Column("service_mailbox_id", Uuid, ForeignKey("service_mailbox.id")),
    Column("cause", Text, nullable=False),
    Column("provider_code", Text, nullable=False, server_default=""),
    Column("known_at", MOMENT),
    Column("decided_at", MOMENT, nullable=False),
    Column("reason", Text, nullable=False),
    Column("generation", Integer, nullable=False, server_default="1"),
    Column("event_id", EXACT),
    Column("ical_uid", EXACT),
    Column("revision", EXACT),
    Column("look_at", MOMENT),
    Column("valid_to", MOMENT),
    Index("ix_hosting_look", "look_at", postgresql_where=text("look_at IS NOT NULL AND valid_to IS NULL")),
    Index("uq_hosting_current", "booking_id", unique=True, postgresql_where=text("valid_to IS NULL")),
    Index(None, "mailbox_address", "event_id"),
    Index(None, "ical_uid"),
    Index(None, "service_mailbox_id"),
)

intent = Table(
    "intent",
    metadata,
    _id(),
    Column("booking_id", Uuid, ForeignKey("booking.id", ondelete="CASCADE"), nullable=False),
    Column("seq", BigInteger, Identity(), nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("cause", Text, nullable=False, server_default=""),
    Column("actor", JSONB, nullable=False),
    Column("wanted", JSONB, nullable=False, server_default=text("'{}'")),
    Column("request", JSONB),
    Column("write_key", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", MOMENT),
    Column("error_code", Text),
    Column("error_sentence", Text),
    Column("held_by", Text),
    Column("released_by", Text),
    _created(),
    Column("sent_at", MOMENT),
    Column("done_at", MOMENT),
    Index(None, "booking_id", "seq"),
    Index("ix_intent_open", "next_attempt_at", postgresql_where=text("done_at IS NULL")),
)

attendee = Table(
    "attendee",
    metadata,
    Column("booking_id", Uuid, ForeignKey("booking.id", ondelete="CASCADE"), nullable=False),
    Column("address", Text, nullable=False),
    Column("typed", Text, nullable=False, server_default=""),
    Column("name", Text, nullable=False, server_default=""),
    Column("role", Text, nullable=False),
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="SET NULL")),
    Column("response", Text, nullable=False, server_default="needs_action"),
    Column("answered_at", MOMENT),
    Column("added_by_provider", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("booking_id", "address"),
    Index(None, "person_id"),
)

attendee_answer = Table(
    "attendee_answer",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("occurrence_id", Uuid, ForeignKey("booking_occurrence.id", ondelete="CASCADE"), nullable=False),
    Column("address", Text, nullable=False),
    Column("response", Text, nullable=False),
    Column("answered_at", MOMENT),
    Column("seen_at", MOMENT, nullable=False),
    Index(None, "occurrence_id"),
)

send_ledger = Table(
    "send_ledger",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("integration_id", Uuid, ForeignKey("integration.id", ondelete="CASCADE"), nullable=False),
    Column("host_address", Text, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("kind", Text, nullable=False),
    Column("intent_id", Uuid, nullable=False, unique=True),
    Column("recipients", Integer, nullable=False),
    Column("outsiders", Integer, nullable=False),
    Index(None, "host_address", "at"),
)

# --- mail to people ---------------------------------------------------------------------------------------------------

notice = Table(
    "notice",
    metadata,
    _id(),
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    _created(),
    Column("due_at", MOMENT, nullable=False),
    Column("booking_id", Uuid, ForeignKey("booking.id", ondelete="CASCADE")),
    Column("integration_id", Uuid, ForeignKey("integration.id", ondelete="CASCADE")),
    Column("facts", JSONB, nullable=False, server_default=text("'{}'")),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("done_at", MOMENT),
    Column("was_sent", Boolean, nullable=False, server_default=text("false")),
    Column("error", Text, nullable=False, server_default=""),
    Index(None, "person_id"),
    Index(None, "created_at"),
    Index(None, "booking_id"),
    Index(None, "integration_id"),
    Index("ix_notice_due", "due_at", postgresql_where=text("done_at IS NULL")),
)

notice_off = Table(
    "notice_off",
    metadata,
    Column("person_id", Uuid, ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("topic", Text, nullable=False),
    PrimaryKeyConstraint("person_id", "topic"),
)

# --- webhooks: other programs that are told ---------------------------------------------------------------------------

webhook_endpoint = Table(
    "webhook_endpoint",
    metadata,
    _id(),
    Column("url", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("events", ARRAY(Text), nullable=False),
    Column("is_enabled", Boolean, nullable=False, server_default=text("true")),
    Column("disabled_for", Text),
    Column("disabled_at", MOMENT),
    Column("secret", LargeBinary, nullable=False),
    Column("old_secret", LargeBinary),
    Column("old_secret_until", MOMENT),
    Column("failing_since", MOMENT),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("paused_until", MOMENT),
    _created(),
    Column("created_by", Uuid, ForeignKey("person.id", ondelete="SET NULL")),
    _version(),
    Index(None, "created_by"),
)

webhook_event = Table(
    "webhook_event",
    metadata,
    _id(),
    Column("sequence", BigInteger, Identity(always=True), nullable=False),
    Column("type", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("occurred_at", MOMENT, nullable=False),
    Column("facts", JSONB, nullable=False, server_default=text("'{}'")),
    Column("body", Text),
    Index(None, "occurred_at"),
)

webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    _id(),
    Column("event_id", Uuid, ForeignKey("webhook_event.id", ondelete="CASCADE"), nullable=False),
    Column("endpoint_id", Uuid, ForeignKey("webhook_endpoint.id", ondelete="CASCADE"), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    _created(),
    Column("due_at", MOMENT, nullable=False),
    Column("give_up_at", MOMENT, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("done_at", MOMENT),
    Column("was_taken", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("event_id", "endpoint_id"),
    Index(None, "endpoint_id", "sequence"),
    Index("ix_webhook_delivery_waiting", "endpoint_id", "sequence", postgresql_where=text("done_at IS NULL")),
)

webhook_attempt = Table(
    "webhook_attempt",
    metadata,
    Column("delivery_id", Uuid, ForeignKey("webhook_delivery.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("status", Integer),
    Column("ms", Integer, nullable=False),
    Column("failure", Text, nullable=False, server_default=""),
    Column("excerpt", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("delivery_id", "number"),
)

# --- the mirror -------------------------------------------------------------------------------------------------------

mailbox = Table(
    "mailbox",
    metadata,
    _id(),
    Column("integration_id", Uuid, ForeignKey("integration.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("object_id", EXACT),
    Column("room_id", Uuid, ForeignKey("room.id", ondelete="CASCADE")),
    Column("cursor", EXACT),
    Column("cursor_version", Integer, nullable=False, server_default="0"),
    Column("window_from", MOMENT),
    Column("window_to", MOMENT),
    Column("generation", Integer, nullable=False, server_default="0"),
    Column("next_pull_at", MOMENT),
    Column("last_pulled_at", MOMENT),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("error_code", Text),
    UniqueConstraint("integration_id", "address"),
    Index(None, "next_pull_at"),
)

event_time = Table(
    "event_time",
    metadata,
    _id(),
    Column("mailbox_id", Uuid, ForeignKey("mailbox.id", ondelete="CASCADE"), nullable=False),
    Column("event_id", EXACT, nullable=False),
    Column("ical_uid", EXACT),
    Column("kind", Text, nullable=False),
    Column("series_master_id", EXACT),
    Column("original_start", MOMENT),
    Column("starts_at", MOMENT, nullable=False),
    Column("ends_at", MOMENT, nullable=False),
    Column("is_all_day", Boolean, nullable=False, server_default=text("false")),
    Column("is_busy", Boolean, nullable=False),
    Column("is_cancelled", Boolean, nullable=False),
    Column("is_host_copy", Boolean, nullable=False),
    Column("is_private", Boolean),
    Column("organizer_address", Text),
    Column("own_response", Text),
    Column("revision", EXACT),
    Column("generation", Integer, nullable=False),
    Column("seen_at", MOMENT, nullable=False),
    Column("booking_id", Uuid, ForeignKey("booking.id", ondelete="SET NULL")),
    UniqueConstraint("mailbox_id", "event_id"),
    Index(None, "mailbox_id", "starts_at"),
    Index(None, "ical_uid"),
    Index(None, "booking_id"),
)

event_content = Table(
    "event_content",
    metadata,
    Column("event_time_id", Uuid, ForeignKey("event_time.id", ondelete="CASCADE"), nullable=False),
    Column("field", Text, nullable=False),
    Column("value", Text),
    Column("source_mailbox_id", Uuid),
    Column("mask_cause", Text),
    Column("since", MOMENT, nullable=False),
    PrimaryKeyConstraint("event_time_id", "field"),
)

# --- calls to providers, where several workers share the bounds -----------------------------------------------------

call_lease = Table(
    "call_lease",
    metadata,
    Column("holder", Uuid, primary_key=True),
    Column("app", Text, nullable=False),
    Column("mailbox", Text, nullable=False),
    Column("expires_at", MOMENT, nullable=False),
    Index(None, "app", "mailbox"),
)

call_line = Table(
    "call_line",
    metadata,
    Column("name", Text, primary_key=True),
    Column("due", MOMENT, nullable=False),
    Column("promised", MOMENT, nullable=False),
)

call_pause = Table(
    "call_pause",
    metadata,
    Column("app", Text, nullable=False),
    Column("mailbox", Text, nullable=False),
    Column("until", MOMENT, nullable=False),
    PrimaryKeyConstraint("app", "mailbox"),
)
