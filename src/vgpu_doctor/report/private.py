"""Find what is private in the text of a log, and replace it with placeholders.

Every pattern is bounded, or can begin only where no other match of it can, so that the time is linear in the text.
No pattern matches a placeholder, so that masking twice changes nothing.
"""

from __future__ import annotations

import re

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,62}[A-Za-z0-9])?"
_USER = r"[A-Za-z_][\w.-]{0,31}"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_LONG_VALUE = r"""["']{0,1}(?P<token>[A-Za-z0-9+/_.=-]{16,4096})"""
_KEY_WORD = r"(?:token|secret|api[_-]?key|access[_-]?key|private[_-]?key|licen[cs]e[_-]?key|key|signature)"
_SERIAL_WORD = r"(?:\bserial(?:[ _-]?(?:number|num|no))?|\bS/N)\.?"
_TIME = r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_LOGGING = r"[A-Za-z(][\w./()@-]{0,63}(?:\[\d{1,10}\])?:"  # kernel: or nvidia-gridd[23795]:

# Each pattern names what it masks by its groups; the order decides where two could match.
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?i){_KEY_WORD}\s{{0,8}}[:=]\s{{0,8}}{_LONG_VALUE}",
        rf"(?i)\b(?:bearer|basic)\s{{1,8}}{_LONG_VALUE}",
        r"""(?i)(?:password|passwd|passphrase)=["']{0,1}(?P<password>[^\s"'<>]{1,256})""",
        # 8-4-4-4-12: of a GPU, a mediated device, a disk
        r"(?i)(?<![0-9a-f])(?P<uuid>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?![0-9a-f])",
        r"(?i)(?<![\w:.-])(?P<mac>[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\2){4}[0-9a-f]{2})(?![\w:-])",
        r"(?<![\w-])enx(?P<mac>[0-9a-f]{12})(?![0-9a-z])",
        rf"(?i){_SERIAL_WORD}\s{{0,64}}[:=#]\s{{0,8}}(?P<serial>[a-z0-9][a-z0-9_-]{{4,63}})(?![\w/])",
        # anna@pve:~# and [anna@pve ~]$
        rf"(?<![\w.@<>/-])(?P<user>{_USER})@(?P<host>{_HOST})(?=:[^\s#$]{{0,120}}[#$]|[ ][^\s#$\]]{{0,120}}\][#$])",
        r"(?<![\w.+-])(?P<email>[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![\w-])",
        # Apr 27 20:16:44 pve kernel: and 2024-04-27T20:16:44+02:00 pve kernel:
        rf"{_TIME}[ ](?P<host>{_HOST})(?=[ ]{_LOGGING})",
        rf"""(?i)\bhost[ _-]?name["']?\s{{0,64}}[:=]\s{{0,8}}["']{{0,1}}(?P<host>{_HOST})(?![\w<])""",
        rf"\bLinux (?P<host>{_HOST})(?= \d{{1,3}}\.\d{{1,3}}[\w.+~-]{{0,64}} #\d)",
        # Not behind one slash: /var/lib/dkms/rtlwifi/1.0.0.0 is a version.
        rf"(?<![\w.-])(?<!\d:)(?<![^/]/)(?P<ip>{_OCTET}(?:\.{_OCTET}){{3}})(?![\w-]|\.\d)",
        r"(?i)(?<![\w:.])(?P<ip>[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:%\w{1,15})?)(?![\w:])",
    )
)
_PATHS = re.compile(r"(?:(?<=/home/)|(?<=/Users/)|(?<=\\Users\\))(?P<user>[^/\\\s:;,'\"`<>|&()$#‘’“”]{1,64})")

# What looks private and is not.
_VERSION = re.compile(r"\d{1,3}\.\d{1,4}(?:\.\d{1,4}){0,2}(?:[-+~][\w.+~-]*)?")
_VERSION_BEFORE = re.compile(r"(?i)(?:version|release|driver|windows|build|kernel|\bv|\blinux[\w.-]*)['\"]?[ :=]{0,4}$")
_VERSION_INSIDE = re.compile(r"(?<![A-Za-z0-9])\d{1,3}\.\d{1,4}(?![A-Za-z0-9])")
_FILE = re.compile(r"\.{0,2}(?:/[\w.-]+){2,}")
_NAME = re.compile(r"[a-z0-9]{0,12}(?:_[a-z0-9]{0,12}){2,}")  # wl_cfg80211_add_key
_NOT_A_HOST = frozenset(
    {"localhost", "kernel", "error", "warning", "warn", "info", "notice", "debug", "fatal", "utc", "gmt", "am", "pm"}
)
_NOT_A_USER = frozenset({"root"})
_UNIT = re.compile(r"\.(?:service|timer|socket|mount|slice|target|scope|device|path)$")


class Mask:
    """The placeholders of one report: the same value always gets the same one."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    def text(self, text: str) -> str:
        """Return the text with everything private replaced."""
        for pattern in _PATTERNS:
            text = pattern.sub(self._replaced, text)
        return self.paths(text)

    def paths(self, text: str) -> str:
        """Return the text with only the user names in paths replaced."""
        return _PATHS.sub(self._replaced, text)

    def _replaced(self, match: re.Match[str]) -> str:
        """Return the match with each of its named groups replaced."""
        parts, end = [], match.start()
        for kind in match.groupdict():
            start, stop = match.span(kind)
            before = match.string[max(0, start - 24) : start]
            value = match[kind] if _is_public(kind, match[kind], before) else self._placeholder(kind, match[kind])
            parts += [match.string[end:start], value]
            end = stop
        return "".join([*parts, match.string[end : match.end()]])

    def _placeholder(self, kind: str, value: str) -> str:
        key = (kind, value.lower())
        if key not in self._names:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._names[key] = f"<{kind}-{self._counts[kind]}>"
        return self._names[key]


def _is_public(kind: str, value: str, before: str) -> bool:
    if kind == "ip":
        return not _is_address(value) or bool(_VERSION_BEFORE.search(before))
    if kind == "host":
        return value.isdecimal() or value.lower() in _NOT_A_HOST or bool(_VERSION.fullmatch(value))
    if kind == "user":
        return value in _NOT_A_USER
    if kind == "token":
        known = _VERSION_INSIDE.search(value) or _FILE.fullmatch(value) or _NAME.fullmatch(value)
        return bool(known) or not _is_mixed(value)
    if kind == "email":
        return bool(_UNIT.search(value))
    return False


def _is_mixed(value: str) -> bool:
    """Tell whether it has letters and digits, as keys do and words do not."""
    return any(map(str.isdecimal, value)) and any(map(str.isalpha, value))


def _is_address(value: str) -> bool:
    """Tell whether it is a whole IP address, not a time, a PCI address or a C++ name."""
    if ":" not in value:
        return not value.startswith("0.")
    groups = value.partition("%")[0].split(":")
    if not any(character.isdecimal() for character in value) or not any(groups):
        return False
    return (len(groups) == 8 and all(groups)) or (value.count("::") == 1 and ":::" not in value)
