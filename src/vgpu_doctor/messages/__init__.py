"""The words of every answer: messages by key and language, and the functions that make sentences of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from vgpu_doctor.model import Joined, Message

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("en", "zh")


def render(message: Message, language: str) -> str:
    """Return the sentence of a message, in English if the language lacks it.

    Values that are messages, lists or texts by language are rendered first; others are filled in as they are.
    Raises ``KeyError`` for a key that English lacks.
    """
    return phrase(language, message.key, **message.values)


def phrase(language: str, key: str, **values: object) -> str:
    """Return one sentence by its key; the values are those of a :class:`Message`."""
    template = _messages(language).get(key) or _messages("en")[key]
    return template.format(**{name: _rendered(value, language) for name, value in values.items()})


def counted(language: str, key: str, count: int, **values: object) -> str:
    """Return the sentence for one (``key_one``) or for any other number (``key_many``)."""
    return phrase(language, f"{key}_one" if count == 1 else f"{key}_many", count=count, **values)


def in_language(language: str, text: Mapping[str, str]) -> str:
    """Return a text of a record in this language, in English if it has none."""
    return text.get(language) or text["en"]


def _messages(language: str) -> Mapping[str, str]:
    # imported when needed: most runs need one language only
    found: Mapping[str, str] = import_module(f"vgpu_doctor.messages.{language}").MESSAGES
    return found


def _rendered(value: object, language: str) -> object:
    if isinstance(value, Message):
        return render(value, language)
    if isinstance(value, Joined):
        joint = render(value.joint, language) if isinstance(value.joint, Message) else value.joint
        return joint.join(str(_rendered(item, language)) for item in value.items)
    if isinstance(value, dict):
        return in_language(language, value)
    return value
