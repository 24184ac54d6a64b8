"""Whatever a log holds, it reaches a report as text and as nothing else."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt  # comes with rich
from sample_reports import REPORTS, keeps_contract, no_member, seed_report, unknown_report, written

from vgpu_doctor.frozen import replace
from vgpu_doctor.model import Diagnostic, Place
from vgpu_doctor.report.bbcode import inline as bbcode_inline
from vgpu_doctor.report.markdown import fenced
from vgpu_doctor.report.markdown import inline as markdown_inline
from vgpu_doctor.report.rendering import RenderedNote, RenderedReport
from vgpu_doctor.report.safe import MAX_LENGTH, printable
from vgpu_doctor.report.writers import WRITERS

ATTACKS = (
    "\x1b[2J\x1b]0;title\x07",
    "\x1b]8;;http://evil.example\x1b\\text\x1b]8;;\x1b\\",
    "\x9b31m",
    "\u202egnp.exe\u2066\u200f",
    "\ud800",
    "[bold red]text[/bold red] [link=http://evil.example]x[/link]",
    "```\n# heading\n~~~~\n````",
    "</details><script>alert(1)</script><img src=x onerror=alert(1)>",
    "</pre></style><!-- ]]>",
    "[/CODE][URL=http://evil.example]x[/URL][ /code]",
    "[/PLAIN][/SPOILER][IMG]http://evil.example/x.png[/IMG] @admin",
    "![x](http://evil.example/x.png) www.evil.example @admin <http://evil.example>",
    "\ttab\rreturn\nnew line\u2028separator\x00",
    "{message.__class__} {0} %s %(x)s $(reboot) `reboot`",
    "# 1. item\n- item\n> quote\n| cell |",
)

# Attacks, and any text there is, lone surrogates too; blank text is left out since it says nothing and shows nothing.
hostile = st.builds(
    str.__add__,
    st.one_of(st.sampled_from(ATTACKS), st.text(st.characters(), max_size=40)),
    st.text(st.sampled_from("`[]/\\<>&*_@:\x1b\u202e\n\t a"), max_size=20),
).filter(lambda text: printable(text).strip())


def report_with(text: str) -> RenderedReport:
    """A report in which everything that can come from a log is this text."""

    def spoiled(diagnostic: Diagnostic) -> Diagnostic:
        return replace(
            diagnostic,
            message=text,
            captures=dict.fromkeys(("type", "member", "function"), text),
            place=Place(text, 1, 1),
            log=text,
            function=text,
            excerpt=(f"  225 | {text}", f"      | {text}^", text),
        )

    report = seed_report()
    facts = replace(
        report.facts,
        log=text,
        driver=text,
        flavour=text,
        tree=text,
        kernel=text,
        distribution=text,
        compiler=text,
        tool=text,
    )
    findings = tuple(
        replace(
            finding,
            signature=replace(finding.signature, title={"en": "about {function} and {member}"}),
            evidence=tuple(map(spoiled, finding.evidence)),
        )
        for finding in report.diagnosis.findings
    )
    unrecognised = tuple(map(spoiled, unknown_report().diagnosis.unrecognised))
    diagnosis = replace(report.diagnosis, facts=(facts,), findings=findings, unrecognised=unrecognised)
    return replace(report, facts=facts, releases=(text,), diagnosis=diagnosis, notes=(RenderedNote("text", text),))


@given(hostile)
def test_printable_text_is_printable_short_and_stays_so(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert len(shown) <= MAX_LENGTH
    assert printable(shown) == shown


def test_long_text_keeps_its_ends() -> None:
    shown = printable("begin" + "x" * 100_000 + "end")
    assert shown.startswith("begin")
    assert shown.endswith("end")
    assert len(shown) == MAX_LENGTH


def test_nothing_of_a_command_is_cut() -> None:
    assert printable("y" * 5000, None) == "y" * 5000


@pytest.mark.parametrize("form", WRITERS)
@given(text=hostile)
def test_no_control_character_reaches_any_report(form: str, text: str) -> None:
    output = written(report_with(text), form)
    assert all(line.replace("\t", "").isprintable() for line in output.split("\n"))
    output.encode("utf-8")


@given(hostile)
def test_log_text_is_no_markup_of_the_terminal(text: str) -> None:
    coloured = written(report_with(text), "text", colour=True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert plain == written(report_with(text), "text")


@given(hostile)
def test_code_block_of_markdown_cannot_be_left(text: str) -> None:
    lines = fenced(printable(text), "text").split("\n")
    fence = re.match("`+", lines[0])
    assert fence
    assert [number for number, line in enumerate(lines) if re.match(f" {{0,3}}{fence[0]}`*\\s*$", line)] == [2]


@given(hostile)
def test_log_text_is_no_markup_of_markdown(text: str) -> None:
    """A parser of Markdown sees the structure that the same report of harmless text has, and no link or tag more."""

    def structure(report: RenderedReport) -> list[str]:
        tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(written(report, "markdown"))
        return [token.type if token.type != "html_block" else token.content for token in tokens]

    def inline(report: RenderedReport) -> set[str]:
        tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(written(report, "markdown"))
        return {child.type for token in tokens for child in token.children or ()}

    assert structure(report_with(text)) == structure(report_with("text"))
    assert inline(report_with(text)) <= {"text", "strong_open", "strong_close"}


@given(hostile)
def test_log_text_outside_code_blocks_is_no_link_and_no_mention(text: str) -> None:
    shown = markdown_inline(printable(text))
    assert not re.search(r"@|(?<!\\):(?=//)|www\.(?!\\)", shown.replace("www\\.", ""))


@given(hostile)
def test_code_block_of_bbcode_cannot_be_left(text: str) -> None:
    output = written(report_with(text), "bbcode")
    outside = re.sub(r"(?is)\[(CODE|PLAIN)\].*?\[/\1\]", "", output)
    tags = re.findall(r"\[[^\]\n]*\]?", outside)
    assert set(tags) <= {"[B]", "[/B]", "[/SPOILER]", '[SPOILER="Why, how to undo it, and other options"]'}
    assert "@" not in outside


class Tags(HTMLParser):
    """Everything in a page that is not text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(f"{tag} {attrs}")

    def handle_comment(self, data: str) -> None:
        self.found.append(data)


@given(hostile)
def test_log_text_is_no_markup_of_the_page(text: str) -> None:
    assert Tags(written(report_with(text), "html")).found == Tags(written(report_with("text"), "html")).found


@given(hostile)
def test_json_of_a_hostile_log_keeps_the_contract(text: str) -> None:
    assert keeps_contract(written(report_with(text), "json"))


def test_page_runs_and_loads_nothing() -> None:
    page = written(seed_report(), "html")
    assert "default-src 'none'" in page
    assert not re.search(r"<script|<link|<img|src=|href=|@import|url\(|style=\"", page)


@given(hostile)
def test_inline_text_stays_readable(text: str) -> None:
    word = "word" + printable(text).replace("[", "").replace("]", "")
    assert "word" in markdown_inline(word)
    assert "word" in bbcode_inline(word)


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("name", REPORTS)
def test_writers_take_a_finding_without_evidence(form: str, name: str) -> None:
    report = REPORTS[name]()
    findings = tuple(replace(finding, evidence=(), count=0) for finding in report.diagnosis.findings)
    bare = replace(report, diagnosis=replace(report.diagnosis, findings=findings))
    assert written(bare, form)


def test_wide_excerpt_does_not_hide_its_message() -> None:
    """A caret far to the right leaves the message a line of its own."""
    diagnostic = replace(no_member(), excerpt=("  225 | " + "x" * 70, "      | " + " " * 69 + "^"))
    report = seed_report()
    finding = replace(report.diagnosis.findings[0], evidence=(diagnostic,))
    out = io.StringIO(written(replace(report, diagnosis=replace(report.diagnosis, findings=(finding,))), "text"))
    assert f"    | {diagnostic.message}\n" in out.readlines()
