"""What the remedies say, by language. Commands are the same in all of them."""

from __future__ import annotations

from vgpu_doctor.advice.phrases_en import ENGLISH
from vgpu_doctor.advice.phrases_zh import CHINESE

PHRASES: dict[str, dict[str, str]] = {"en": ENGLISH, "zh": CHINESE}


def say(language: str, key: str, **values: object) -> str:
    """One sentence, filled in; English where the language or the sentence is not there."""
    return PHRASES.get(language, ENGLISH).get(key, ENGLISH[key]).format(**values)
