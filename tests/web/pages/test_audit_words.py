"""Whatever is written into the audit trail has words, on Settings → Audit and in the history of a booking."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import roomstead
from roomstead.domain.notice import NoticeKind
from roomstead.entrypoints.web.pages.texts import texts_in

SOURCE = Path(roomstead.__file__).parent
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
RECORDS = re.compile(r"_?record(_change|_webhook)?")


def recorded() -> set[str]:
    """Every action that some code records."""
    found = {"booking.created"}  # written in SQL, together with the booking
    found |= {f"event.{each}" for each in ("created", "changed", "cancelled")}  # put together by push
    found |= {f"event.{each}_shown" for each in ("create", "change", "cancel")}
    for path in sorted((SOURCE / "application").rglob("*.py")):
        found |= set(_actions(ast.parse(path.read_text())))
    return found


def _actions(tree: ast.AST) -> Iterator[str]:
    """What is given to whatever records, also where one of two is chosen before."""
    names = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    if not any(RECORDS.fullmatch(name) for name in names):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ACTION.fullmatch(node.value):
            yield node.value


def test_every_action_has_words() -> None:
    texts, actions = texts_in("en"), recorded()
    assert len(actions) > 40
    assert [each for each in sorted(actions) if not texts.has(f"audit_action.{each.replace('.', '_')}")] == []


def test_everything_that_happens_to_a_booking_has_words_in_its_history() -> None:
    texts = texts_in("en")
    actions = [each for each in sorted(recorded()) if each.startswith(("booking.", "event."))]
    assert [each for each in actions if not texts.has(f"history.{each.replace('.', '_')}")] == []


def test_every_kind_of_mail_has_words_in_the_list_of_mails() -> None:
    texts = texts_in("en")
    assert [each for each in NoticeKind if not texts.has(f"notifications.kind_{each.value}")] == []
