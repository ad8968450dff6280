"""The readers of the starting content: a file that is wrong is named with its line, and nothing is changed."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from cms.blocks.text import PROSE
from demo.files import Location, Problem, Text, parse_yaml
from demo.loader import CONTENT, ContentError, read_checked
from demo.markdown import prose_html, split, to_html
from tests.demo.test_load import everything, stored_files

SPOTLIGHT = "posts/06-member-spotlight-denis-bukenya.md"
STATEMENT = "posts/10-statement-on-abduction-dr-magombeyi.md"
ASSEMBLY = "posts/12-three-takeaways-from-the-72nd-world-health-assembly.md"
DECLARATION = "posts/02-come-together-for-bold-civil-society-action-for-human-resources-for-health.md"
BRIEFING = next(path.relative_to(CONTENT).as_posix() for path in (CONTENT / "posts").glob("01-*.md"))
GENDER = next(path.relative_to(CONTENT).as_posix() for path in (CONTENT / "posts").glob("08-*.md"))

OPEN_CALL = "post:come-together-for-bold-civil-society-action-for-human-resources-for-health"
HOME_LINKS = """links:
  - {label: "How to join", page: "page:/join/"}
  - {label: "Support our work", page: "page:/support-us/"}"""
LOCATION = Location(Path("x"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the content to spoil."""
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


@pytest.fixture
def spoil(folder: Path) -> Callable[[str, str, str], int]:
    """`spoil(file, old, new)` replaces the first `old`; answers the line of what replaced it."""

    def replace(name: str, old: str, new: str) -> int:
        file = folder / name
        text = file.read_text()
        assert old in text, f"{name} has changed: “{old}” is no longer in it"
        file.write_text(text.replace(old, new, 1))
        return text[: text.index(old)].count("\n") + 1

    return replace


# Files that are wrong: file, what to replace, by what, which line of the replacement is named, words of the complaint

WRONG = {
    "unknown kind": (STATEMENT, "kind: statement", "kind: rumour", 0, "rumour"),
    "no kind": (STATEMENT, "kind: statement\n", "", None, "“kind” is missing"),
    "unknown topic": (STATEMENT, "topics: [workers-rights]", "topics: [workers-right]", 0, "workers-rights"),
    "topic twice": (STATEMENT, "[workers-rights]", "[workers-rights, workers-rights]", 0, "twice"),
    "unknown author": (STATEMENT, "authors: [secretariat]", "authors:\n  - secretariat\n  - nobody", 2, "nobody"),
    "authors not a list": (STATEMENT, "authors: [secretariat]", "authors: secretariat", 0, "list is expected"),
    "unknown related post": (STATEMENT, "  - isnt-it-time-to-care-for-the-carers", "  - isnt-it-time", 0, "isnt-it-time"),
    "impossible date": (STATEMENT, "date: 2019-09-17", "date: 2019-09-31", 0, "2019-09-31"),
    "date in words": (STATEMENT, "date: 2019-09-17", "date: mid September", 0, "YYYY-MM-DD"),
    "no date": (STATEMENT, "date: 2019-09-17\n", "", None, "“date” is missing"),
    "not true or false": (STATEMENT, "date_inferred: true", "date_inferred: perhaps", 0, "true or false"),
    "unknown key": (STATEMENT, "kind: statement", "kind: statement\ncolour: red", 1, "colour"),
    "key twice": (STATEMENT, "kind: statement", "kind: statement\nkind: news", 1, "twice"),
    "no title": (STATEMENT, "title: Statement on Abduction Dr Magombeyi\n", "", None, "title"),
    "title too long": (STATEMENT, "title: Statement", f"title: {'Statement ' * 30}", 0, "255"),
    "standfirst too long": (STATEMENT, "standfirst: >-\n", f"standfirst: >-\n  {'word ' * 60}\n", 0, "300"),
    "no standfirst": (STATEMENT, "standfirst: >-\n", "subtitle: >-\n", None, "“standfirst” is missing"),
    "broken YAML": (STATEMENT, "kind: statement", "kind: [statement", None, "not valid YAML"),
    "colon in a text": (STATEMENT, "title: Statement on", "title: Statement: on", 0, "quotation marks"),
    "alias": (STATEMENT, "kind: statement", "kind: *statement", 0, "quotation marks"),
    "control character": (STATEMENT, "kind: statement", "kind: state\x00ment", 0, "control character"),
    "no head": (STATEMENT, "---\n", "", 0, "three hyphens"),
    "unknown series": (SPOTLIGHT, "series: member-spotlights", "series: spotlights", 0, "member-spotlights"),
    "part without series": (SPOTLIGHT, "series: member-spotlights\n", "", None, "belongs to a series"),
    "part not a number": (SPOTLIGHT, "part: 1", "part: one", 0, "integer"),
    "unknown organisation": (SPOTLIGHT, "organisation: peoples-health-movement", "organisation: phm", 0, "phm"),
    "unknown country": (SPOTLIGHT, "country: UG", "country: Uganda", 0, "country"),
    "person without name": (SPOTLIGHT, "person_name: Denis Bukenya\n", "", None, "person_name"),
    "key of another kind": (STATEMENT, "kind: statement", "kind: statement\ncountry: UG", 1, "country"),
    "event ends first": (ASSEMBLY, "event_end: 2019-05-28", "event_end: 2019-05-02", 0, "ends before it starts"),
    "unknown picture": (ASSEMBLY, "lead_image: three-takeaways", "lead_image: three-takeaway", 0, "three-takeaways"),
    "unknown picture in a block": (BRIEFING, "poster: code-reporting", "poster: code", 0, "code-reporting"),
    "no picture file": ("pictures.yaml", "file: the-money.png", "file: the-honey.png", 0, "the-honey.png"),
    "picture outside": ("pictures.yaml", "file: the-money.png", "file: ../files/guide-to-code-reporting.pdf", 0, "pictures/"),
    "no alternative text": ("pictures.yaml", "  description: Three large circles", "  alt: Three large circles", 0, "“alt”"),
    "short alternative text": ("pictures.yaml", "  description: Three large", "  description: Three\n  # Large", None, "description"),
    "focal point in words": ("pictures.yaml", "  licence:", "  focal_point_x: left\n  licence:", 0, "focal_point_x"),
    "no such document": (BRIEFING, "file: guide-to-code-reporting.pdf", "file: guide.pdf", 0, "guide.pdf"),
    "document outside": (BRIEFING, "file: guide-to-code-reporting.pdf", "file: ../site.yaml", 0, "../site.yaml"),
    "note without marker": (GENDER, "notes:\n", 'notes:\n  - "Nowhere referred to."\n', None, "Note 6"),
    "unknown block": (DECLARATION, "```figures", "```figure", 1, "figures"),
    "block without end": (DECLARATION, "```key_messages", "```\n```key_messages", None, "no end"),
    "block that is not YAML": (DECLARATION, "title: The crisis", "title: The: crisis", 0, "not valid YAML"),
    "unknown key in a block": (DECLARATION, "    source: WHO", "    sauce: WHO", 0, "There is no “sauce” here"),
    "missing key in a block": (DECLARATION, '  - value: "18 million"\n    label', "  - label", 0, "“value” is missing"),
    "too long in a block": (DECLARATION, '"18 million"', f'"{"18 million" * 3}"', 0, "20"),
    "unknown choice in a block": (DECLARATION, "tone: note", "tone: shrill", 0, "shrill"),
    "list where a text belongs": (DECLARATION, "title: About this text", "title: [About]", 0, "single value"),
    "text where a list belongs": ("pages/home.md", HOME_LINKS, "links: none", 0, "list is expected"),
    "heading of the first level": (DECLARATION, "## What we saw", "# What we saw", 0, "Headings are ##"),
    "too long a heading": (DECLARATION, "## What we saw", f"## {'What we saw ' * 20}", 0, "160"),
    "HTML": (DECLARATION, "Praise was", "Praise\n<b>was</b>", 1, "HTML"),
    "picture in the text": (DECLARATION, "Praise was", "![Praise](praise.png) was", 0, "Text can hold"),
    "quotation": (DECLARATION, "Praise was not", "> Praise was not", 0, "Text can hold"),
    "ruler": (DECLARATION, "## What we saw", "***\n\n## What we saw", 0, "Text can hold"),
    "code": (DECLARATION, "Praise was", "Praise\n`was`", 1, "Text can hold"),
    "two paragraphs in a list": (DECLARATION, "## What we saw", "- One\n\n  Two\n\n## What we saw", 2, "one paragraph"),
    "link to nowhere": ("pages/contact.md", "(page:/working-groups/)", "(page:/working-group/)", 0, "/working-groups/"),
    "link to no post": ("pages/support-us.md", "(post:come-together", "(post:come-togethr", 0, "come-together"),
    "bare address": ("pages/contact.md", "(page:/working-groups/)", "(/working-groups/)", 0, "is no link"),
    "script as a link": ("pages/home.md", 'page: "page:/join/"', 'url: "javascript:alert(1)"', 0, "https://"),
    "button without target": ("pages/goals.md", ', page: "page:/join/"', "", 0, "Choose a page"),
    "page of another kind": ("pages/home.md", f'post: "{OPEN_CALL}"', 'post: "page:/goals/"', 0, "must be a declaration"),
    "too many buttons": ("pages/home.md", "actions:\n", 'actions:\n  - {label: "News", page: "page:/news/"}\n', None, "room for 2"),
    "number in words": ("pages/home.md", "value: 8.6", "value: many", 0, "many"),
    "not a number": ("pages/home.md", "picture_value: 0.35", "picture_value: NaN", 0, "NaN"),
    "empty block with content": (
        "pages/working-groups.md",
        "```working_groups",
        "```working_groups\ntitle: Groups",
        1,
        "no content of its own",
    ),
    "unknown template": ("pages/goals.md", "template: content", "template: contents", 0, "“template” must be one of"),
    "menu order in words": ("pages/goals.md", "menu_order: 20", "menu_order: second", 0, "whole number"),
    "address of a person": (
        "pages/working-groups/rights-of-health-workers.md",
        "rights@example.org",
        "rights at example",
        0,
        "contact_email",
    ),
    "unknown role": ("organisations.yaml", "[member, steering]", "[member, chair]", 0, "chair"),
    "member and observer": ("organisations.yaml", "[observer]", "[observer, member]", 0, "not both"),
    "organisation twice": ("organisations.yaml", "slug: wemos", "slug: achest", 0, "twice"),
    "no website": ("organisations.yaml", '"https://www.achest.org/"', '"achest"', 0, "website"),
    "author of no kind": ("authors.yaml", "kind: person", "kind: human", 0, "human"),
    "not a list": ("topics.yaml", "- slug: who-code", "slug: who-code", None, ""),
    "list of words": ("series.yaml", "- slug", "- word\n- slug", 0, "Entries such as"),
    "unknown part of the site": ("site.yaml", "identity:", "identities:", 0, "identities"),
    "unknown menu": ("site.yaml", "  main_menu:", "  side_menu:", 0, "side_menu"),
    "menu to nowhere": ("site.yaml", 'page: "page:/why/"', 'page: "page:/how/"', 0, "/how/"),
    "banner without words": ("site.yaml", "level: info", "level: loud", 0, "loud"),
    "bad moment": ("site.yaml", "starts_at: null", "starts_at: soon", 0, "starts_at"),
    "redirect to nowhere": ("site.yaml", 'to: "page:/goals/"', 'to: "page:/goal/"', 0, "/goals/"),
    "redirect from elsewhere": ("site.yaml", "from: /our-goals", "from: our-goals", 0, "begins with a slash"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_named_with_its_line(case, folder, spoil):
    name, old, new, offset, words = WRONG[case]
    line = spoil(name, old, new)
    with pytest.raises(ContentError) as refused:
        read_checked(folder)
    complaints = str(refused.value).splitlines()
    mine = [complaint for complaint in complaints if complaint.startswith(f"{folder / name}:")]
    assert any(words in complaint for complaint in mine), complaints
    if offset is not None:
        assert any(complaint.startswith(f"{folder / name}:{line + offset}: ") and words in complaint for complaint in mine), complaints


def test_every_problem_is_named_at_once_and_nothing_changes(home, folder, spoil):
    before, files = everything(), stored_files()
    line = spoil(STATEMENT, "kind: statement", "kind: rumour")
    spoil(ASSEMBLY, "date: 2019-06-27", "date: never")
    (folder / "posts" / "16-latin.md").write_bytes("---\ntitle: Santé\n".encode("latin-1"))
    (folder / "posts" / "untidy name.md").write_text("---\n---\n")
    (folder / "pages" / "lost" / "deep").mkdir(parents=True)
    shutil.copy(folder / "pages" / "join.md", folder / "pages" / "lost" / "deep" / "join.md")
    with pytest.raises(CommandError) as refused:
        call_command("load_demo", folder=folder)
    told = str(refused.value)
    assert told.startswith("Nothing was changed.")
    assert f"{folder / STATEMENT}:{line}: " in told
    for name in (ASSEMBLY, "posts/16-latin.md:2", "posts/untidy name.md", "pages/lost/deep/join.md"):
        assert f"{folder / name}" in told
    assert "UTF-8" in told
    assert everything() == before
    assert stored_files() == files


def test_a_missing_file_or_folder_is_named(folder):
    (folder / "topics.yaml").unlink()
    (folder / "pages" / "news.md").unlink()
    with pytest.raises(ContentError, match=r"topics\.yaml:1: The file cannot be read") as refused:
        read_checked(folder)
    assert "news.md:1: This page is needed" in str(refused.value)
    with pytest.raises(ContentError, match=r"site\.yaml"):
        read_checked(folder / "nowhere")


def test_the_command_only_checks_when_asked(home):
    out = StringIO()
    call_command("load_demo", check=True, stdout=out)
    assert "in order" in out.getvalue()
    call_command("load_demo", stdout=out)
    assert "left alone" in out.getvalue()


def test_a_country_called_no_is_not_a_negation():
    assert parse_yaml("country: NO\nopen: true\nyear: 2018\nnone: ~", LOCATION) == {
        "country": "NO",
        "open": "true",
        "year": "2018",
        "none": "",
    }


def test_markdown_becomes_what_the_editor_stores():
    text = placed("**Bold** *it* & [x](https://e.org/?a=1&b=2)\nnext\n\n1. one\n   - deep\n2. two")
    assert (
        to_html(text, lambda to: f'href="{to}"', PROSE) == '<p><b>Bold</b> <i>it</i> &amp; <a href="https://e.org/?a=1&b=2">x</a> next</p>'
        "<ol><li>one<ul><li>deep</li></ul></li><li>two</li></ol>"
    )


@given(st.text())
def test_no_text_breaks_the_readers(text):
    with suppress(Problem):
        parse_yaml(text, LOCATION)
    with suppress(Problem):
        to_html(placed(text), lambda to: "", [])
    with suppress(Problem):
        for piece in split(text, LOCATION):
            prose_html(piece, lambda to: "", PROSE)


def placed(words: str) -> Text:
    text = Text(words)
    text.location = LOCATION
    return text
