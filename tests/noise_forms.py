"""Forms of noise that people and programs add to a log before it is read; the tests clean it as the product does."""

from __future__ import annotations

import html
import quopri
import re
import textwrap
from collections.abc import Callable

Rows = list[tuple[int, str]]
"""Lines of a paste, each with its number in the log as the tools wrote it, 0 for added lines."""
Form = Callable[[Rows], Rows]


def each(change: Callable[[str], str]) -> Form:
    return lambda rows: [(number, change(text)) for number, text in rows]


def between(before: str, after: str) -> Form:
    return lambda rows: [
        *((0, line) for line in before.split("\n")),
        *rows,
        *((0, line) for line in after.split("\n")),
    ]


def counted(pattern: str) -> Form:
    return lambda rows: [(number, pattern.format(place) + text) for place, (number, text) in enumerate(rows, start=1)]


def cut_anywhere(width: int) -> Form:
    def form(rows: Rows) -> Rows:
        return [
            (number, text[start : start + width])
            for number, text in rows
            for start in range(0, max(1, len(text)), width)
        ]

    return form


def cut_between_words(width: int) -> Form:
    def form(rows: Rows) -> Rows:
        return [
            (number, part)
            for number, text in rows
            for part in textwrap.wrap(
                text, width, break_long_words=False, break_on_hyphens=False, expand_tabs=False, replace_whitespace=False
            )
            or [text]
        ]

    return form


def as_quoted_printable(rows: Rows) -> Rows:
    return [
        (number, part)
        for number, text in rows
        for part in quopri.encodestring(text.encode()).decode("ascii").split("\n")
    ]


def twice_encoded(text: str) -> str:
    return re.sub("[‘’“”：]", lambda found: found[0].encode().decode("cp1252", "replace"), text)


def without_quotes(mark: str) -> Callable[[str], str]:
    """Replace the quotes of compiler messages by a mark, as a font without them does; keep other lines."""
    complaint = re.compile(r":\d+: (?:fatal error|error|warning|note): ")
    return lambda text: re.sub("[‘’]", mark, curly(text)) if complaint.search(text) else text


def curly(text: str) -> str:
    return re.sub(r"'([^'\n]*)'", r"‘\1’", text)


def straight(text: str) -> str:
    return re.sub("[‘’]", "'", text)


def coloured(text: str) -> str:
    """Add gcc's colours as they look when a copy has lost the ESC."""
    text = re.sub(r"^(\s*)(\S+:\d+:\d+:) (error|warning): ", r"\1[01m[K\2[m[K [01;31m[K\3: [m[K", text)
    return re.sub("‘([^’\n]*)’", r"‘[01m[K\1[m[K’", text)


ONE_TO_ONE: dict[str, Form] = {
    "forum-code": between('[QUOTE="someone, post: 1"]I get this:[/QUOTE]\n[CODE=bash]', "[/CODE]\nAny ideas?"),
    "forum-bold": each(lambda text: f"[B]{text}[/B]" if text else text),
    "html": each(lambda text: html.escape(text).replace("‘", "&#8216;").replace("’", "&rsquo;") + "<br>"),
    "html-twice": each(lambda text: html.escape(html.escape(text))),
    "html-code": between("<p>My log:</p><pre><code>", "</code></pre>"),
    "mail": each(lambda text: f"> {text}"),
    "mail-deep": each(lambda text: f">> {text}"),
    "journal": each(lambda text: f"Apr 27 20:16:44 pve nvidia-installer[1435]: {text}"),
    "github": each(lambda text: f"2022-11-02T18:33:01.2371532Z {text}"),
    "jenkins": each(lambda text: f"[2024-03-11T17:34:36.123Z] {text}"),
    "gitlab": each(lambda text: f"2024-03-11T17:34:36.123456Z 01O {text}"),
    "buildkit": each(lambda text: f"#12 34.56 {text}"),
    "compose": each(lambda text: f"driver-1  | {text}"),
    "grep-n": counted("{}:"),
    "grep-H": counted("./nvidia-installer.log:{}:"),
    "cat-n": counted("{:6d}\t"),
    "forum-numbers": counted("{}. "),
    "vim-numbers": counted("{:4d} "),
    "markdown-escaped": each(lambda text: re.sub(r"([\\_*\[\]])", r"\\\1", text)),
    "markdown-fence": between("Hello,\n```text", "```\nThanks!"),
    "markdown-indented": each(lambda text: f"    {text}"),
    "curly": each(curly),
    "straight": each(straight),
    "lost-quotes": each(without_quotes("?")),
    "replacement-mark": each(without_quotes("\ufffd")),
    "mojibake": each(lambda text: twice_encoded(curly(text))),
    "colours-lost": each(lambda text: coloured(curly(text))),
    "carriage-returns": each(lambda text: text + "\r"),
    "screen-width": each(lambda text: text.ljust(200)),
    "installer-indent": each(lambda text: f"   {text}"),
    "no-break-space": each(lambda text: text.replace(": ", ":\u00a0")),
    "zero-width": each(lambda text: "\u200b" + text),
    "shell": between("root@pve:~# cat /var/log/nvidia-installer.log", "root@pve:~# "),
}
"""Forms that keep every line in one row."""

CUTTING: dict[str, Form] = {
    "terminal-80": cut_anywhere(80),
    "terminal-132": cut_anywhere(132),
    "mail-72": cut_between_words(72),
    "mail-78": cut_between_words(78),
    "quoted-printable": as_quoted_printable,
}
"""Forms that cut a line into several rows, as a terminal or a mail program does."""
