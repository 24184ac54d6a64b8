"""Removes what forums, mail programs and terminals put around and into the lines of a log.

Each detector of :data:`MARKUP_DETECTORS` takes a sample and returns the change that undoes its markup, or None. A
change neither adds nor removes line feeds.
"""

from __future__ import annotations

import re
from collections.abc import Callable

TextChange = Callable[[str], str]
Detector = Callable[[str], "TextChange | None"]

ESCAPE_NAMES = re.compile(r"(?:\^\[|#033|\\033|\\x1b|\\u001b|\\e|␛)\[(?:[\d;]{0,20}m|K)")
BARE_COLOUR = re.compile(r"\[\d{1,3}(?:;\d{1,3}){0,5}m(?:\[K)?|\[m\[K|(?<=m)\[K")
BARE_LINK = re.compile(
    r"\]?8;;https?://[^\s#\]]{1,200}#index-(W[\w+=-]{1,80}?)\\?(?=-\1|-Werror=)|\]?8;;\\?(?=\]|\s|$)"
)


def detect_lost_escapes(sample: str) -> TextChange | None:
    """Detect colours and links of gcc whose ESC was lost or spelled out in copying."""
    named = ("[K" in sample or "[0" in sample) and len(ESCAPE_NAMES.findall(sample, 0, 65536)) > 1
    bare = "[K" in sample and "m[K" in sample
    linked = "8;;http" in sample
    if not (named or bare or linked):
        return None

    def change(text: str) -> str:
        return BARE_LINK.sub("", BARE_COLOUR.sub("", ESCAPE_NAMES.sub("", text)))

    return change


TAIL = "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
TWICE_ENCODED = re.compile(f"[\u00c2-\u00df][{TAIL}]|[\u00e0-\u00ef][{TAIL}]{{2}}|[\u00f0-\u00f4][{TAIL}]{{3}}")
READ_AS_GBK = re.compile("鈥(.?)")


def detect_mojibake(sample: str) -> TextChange | None:
    """Detect UTF-8 that was decoded as Windows-1252, or quotes in it that were decoded as GBK."""
    if sample.isascii():
        return None
    if sum(1 for found in TWICE_ENCODED.finditer(sample) if _again(found[0]) != found[0]) > 1:
        return lambda text: TWICE_ENCODED.sub(lambda found: _again(found[0]), text).replace("Â ", " ")
    if sample.count("鈥") > 1:
        return lambda text: READ_AS_GBK.sub(_from_gbk, text)
    return None


def _again(text: str) -> str:
    raw = bytearray()
    for letter in text:
        code = ord(letter)
        raw += bytes([code]) if code < 256 else letter.encode("cp1252")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return text


def _from_gbk(found: re.Match[str]) -> str:
    try:
        raw = found[1].encode("gbk")
    except UnicodeEncodeError:
        raw = b""
    if raw[:1] in (b"\x98", b"\x9c") and len(raw) == 2:
        return "‘" + chr(raw[1]) if raw[:1] == b"\x98" else "“" + chr(raw[1])
    if raw[:1] in (b"\x99", b"\x9d") and len(raw) == 2:
        return ("’" if raw[:1] == b"\x99" else "”") + chr(raw[1])
    return "’" if found[1] in "?\ufffd" else found[0]


ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|lt|gt|amp|quot|apos|nbsp|[lr][sd]quo|hellip|[mn]dash|rarr);")
SURE_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|quot|apos|nbsp|[lr][sd]quo|hellip|[mn]dash|rarr|amp);")


def detect_entities(sample: str) -> TextChange | None:
    """Detect HTML entities, such as ``&lt;``."""
    if "&" not in sample or ";" not in sample:
        return None
    if not SURE_ENTITY.search(sample) and not ("&lt;" in sample and "&gt;" in sample) and sample.count("&gt;") < 2:
        return None
    from html import unescape

    # a decoded line feed must not end the line
    def letter(found: re.Match[str]) -> str:
        return unescape(found[0]).replace("\n", " ").replace("\r", " ").replace("\xa0", " ")

    return lambda text: ENTITY.sub(letter, text)


TAG_NAMES = (
    "br|hr|p|div|span|pre|code|em|strong|font|tt|kbd|samp|ul|ol|li|table|tbody|tr|td|th|blockquote|details|summary|"
    "h[1-6]|small|sup|sub|mark|img|html|body|head|title|[abius]"
)
TAG = re.compile(rf"<(?:/(?:{TAG_NAMES}) ?|(?:{TAG_NAMES})(?:[ \t][^<>\n]{{0,500}})?/?)>", re.IGNORECASE)
SURE_TAG = re.compile(r"</(?:p|div|span|pre|code|font|li|td|blockquote|details|summary|[abi])>|<br ?/?>", re.IGNORECASE)
LINE_BREAK = re.compile(r"<br ?/?>|</(?:p|div|li|tr|pre)>", re.IGNORECASE)


def detect_tags(sample: str) -> TextChange | None:
    """Detect HTML tags of a fixed list, never ``<linux/x.h>`` or ``<command-line>``."""
    if "<" not in sample or not SURE_TAG.search(sample):
        return None
    return lambda text: TAG.sub("", LINE_BREAK.sub("\r", text))


WORD_TAGS = (
    "code|icode|quote|plain|pre|php|html|spoiler|font|size|color|background|list|url|img|email|hide|indent|left|center|"
    "right|attach|user|noparse|tt|align|collapse|table|td|tr"
)
CLOSING = re.compile(rf"\[/(?:{WORD_TAGS}|[bius])\]", re.IGNORECASE)
WITH_VALUE = re.compile(
    rf"\[(?:{WORD_TAGS}|[is])(?:=[^\]\n]{{1,200}}| [a-z]{{2,12}}=[^\]\n]{{1,200}})\]", re.IGNORECASE
)
OPENING = re.compile(rf"(?<![\w\])])\[(?:{WORD_TAGS}|[bius])\](?![ \t]*=)", re.IGNORECASE)
FORUM_OPENS = re.compile(r"^ *\[(?:code|quote|spoiler|icode)(?:[= ][^\]\n]{1,200})?\]", re.IGNORECASE | re.MULTILINE)


def detect_bbcode(sample: str) -> TextChange | None:
    """Detect BBCode tags of a fixed list, never ``[M]``, ``[1]``, ``[-Wx]``, ``make[2]`` or ``array[i]``."""
    if not (("[/" in sample and CLOSING.search(sample)) or ("[" in sample and FORUM_OPENS.search(sample))):
        return None
    return lambda text: OPENING.sub("", WITH_VALUE.sub("", CLOSING.sub("", text))).replace("复制代码", "")


ESCAPED = re.compile(r"\\([_*\[\]<>#`~|.!()+-])")
LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((?:https?|ftp)?:?(?://|www\.)[^()\s]{1,300}\)?[^()\s]{0,100}\)")
FENCE = re.compile(r"^([ \t>]*)(?:`{3,}(?:[\w.+-]{0,20}[ \t]*$)?|~{3,}[\w.+-]{0,20}[ \t]*$)", re.MULTILINE)
FENCE_AT_END = re.compile(r"(?<=[^\s`])`{3,}[ \t]*$", re.MULTILINE)
CODE_LINE = re.compile(r"^([ \t]*(?:[-*•] )?)(?:\*\*)?`([^`\n]+)`(?:\*\*)?[.,;:]?[ \t]*$", re.MULTILINE)
BOLD_LINE = re.compile(r"^[ \t]*\*\*([^*\n]+)\*\*[ \t]*$", re.MULTILINE)


def detect_markdown(sample: str) -> TextChange | None:
    """Detect escaped punctuation, links, fences, and whole lines of code or bold text."""
    brackets = sample.count("\\[") + sample.count("\\]")
    escaped = "\\_" in sample or "]: \\*" in sample or brackets > 1
    linked = "](" in sample and LINK.search(sample) is not None
    fenced = "```" in sample or ("~~~" in sample and FENCE.search(sample) is not None)
    framed = "`" in sample and CODE_LINE.search(sample) is not None
    bold = "**" in sample and BOLD_LINE.search(sample) is not None
    if not (escaped or linked or fenced or framed or bold):
        return None

    def change(text: str) -> str:
        text = ESCAPED.sub(r"\1", text) if escaped else text
        text = LINK.sub(r"\1", text) if linked else text
        text = FENCE_AT_END.sub("", FENCE.sub(r"\1", text)) if fenced else text
        text = BOLD_LINE.sub(r"\1", text) if bold else text
        return CODE_LINE.sub(r"\1\2", text) if framed else text

    return change


MARKUP_DETECTORS: tuple[Detector, ...] = (
    detect_lost_escapes,
    detect_mojibake,
    detect_entities,
    detect_tags,
    detect_bbcode,
    detect_markdown,
)
"""In the order of removal: what was added last goes first. Text that was escaped twice needs two rounds."""
