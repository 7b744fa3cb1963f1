"""Mailboxes that refused us and may have been opened since."""

from sqlalchemy import text

REFUSED_BEFORE = text(
    """
    SELECT a.address
      FROM mailbox_access a
     WHERE a.integration_id = :integration_id AND a.capability = :capability AND a.verdict = 'refused'
       AND a.probed_at < :before
       AND EXISTS (SELECT FROM person_address p WHERE p.address = a.address)
       AND NOT EXISTS (
           SELECT FROM must_be_refused m WHERE m.integration_id = a.integration_id AND m.address = a.address)
     ORDER BY a.probed_at LIMIT :limit
    """
)
