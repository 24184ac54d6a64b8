"""Repairs quotes, arrows and asterisks changed by autocorrection or missing fonts, where the result is a known form."""

from __future__ import annotations

import re

DIAGNOSTIC = re.compile(r"(?<=:\d)(\d{0,8}:(?:\d+:)? (?:fatal error|error|warning|note): )([^\n]+)")
WIDE = "\u2e80-\u9fff\uac00-\ud7ff\uff00-\uffef"  # letters and marks of Chinese, Japanese and Korean
LOST_OPENING = re.compile(rf"(?:(?<=[ (:{{{WIDE}])|^)(?:\?{{3}}|\?|\ufffd{{1,3}})(?=[\w*&(.<-])")
LOST_CLOSING = re.compile(rf"(?<=[\w*)\]>&.])(?:\?{{3}}|\?|\ufffd{{1,3}})(?=[ ,;:.?)}}\]{WIDE}]|$)")
NO_OPENING = re.compile(r"(?:(?<=[ (])|^)((?:const )?(?:(?:struct|union|enum) )?[\w.*]{1,80})’")
QUOTES = "'‘’\"“"
STARS_LOST = re.compile(
    r"^([> ]*(?:[\w./-]{0,80}/)?g?make(?:\[\d+\])?: )[*\\ ]{0,8}(?<!\*\*\* )"
    r"(\[[^\n\]]{1,400}\] (?:Error|错误|Erreur|Fehler|エラー|Ошибка) ?\d+ *$)",
    re.MULTILINE,
)
ARROW = re.compile(r"^([ \t]*)(?:[→➔⟶]|[–—]>|- (?=-> )->) ?(?=[A-Z(])", re.MULTILINE)
DASHES = re.compile(r"^- (-> )", re.MULTILINE)
GPL_LINE = re.compile(
    r"(?:gpl|gpu)-incompatible module ['‘]?([\w.-]+?\.ko)['’]? uses (?:gpl|gpu)-only symbol ['‘`]?(\w+)['’]?",
    re.IGNORECASE,
)


def repair_quoting(text: str) -> str:
    """Return a text with quotes, arrows and asterisks as the tools print them. The number of lines stays the same."""
    text = DIAGNOSTIC.sub(lambda found: found[1] + _restore_quotes(found[2]), text)
    if "]: " in text:
        text = STARS_LOST.sub(r"\1*** \2", text)
    text = DASHES.sub(r"\1", ARROW.sub(r"\1-> ", text))
    return GPL_LINE.sub(r"GPL-incompatible module \1 uses GPL-only symbol '\2'", text)


def _restore_quotes(message: str) -> str:
    if not any(quote in message for quote in QUOTES) and ("?" in message or "\ufffd" in message):
        return LOST_CLOSING.sub("’", LOST_OPENING.sub("‘", message))
    if message.count("’") > message.count("‘") and "'" not in message:
        return NO_OPENING.sub(r"‘\1’", message)
    return message
