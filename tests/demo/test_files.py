"""The readers of the starting content: a file that is wrong is named with its line, and nothing is changed."""

import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from cms.blocks.text import PROSE
from demo.load import CONTENT, ContentError, read_checked
from demo.markdown import pieces, rich_text
from demo.source import Place, Problems, read_yaml

from .test_load import everything, stored_files

SPOTLIGHT = "posts/06-member-spotlight-denis-bukenya.md"
STATEMENT = "posts/10-statement-on-abduction-dr-magombeyi.md"
ASSEMBLY = "posts/12-three-takeaways-from-the-72nd-world-health-assembly.md"
DECLARATION = "posts/02-come-together-for-bold-civil-society-action-for-human-resources-for-health.md"
BRIEFING = next(path.relative_to(CONTENT).as_posix() for path in (CONTENT / "posts").glob("01-*.md"))
GENDER = next(path.relative_to(CONTENT).as_posix() for path in (CONTENT / "posts").glob("08-*.md"))


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
    "topic twice": (STATEMENT, "[workers-rights]", "[workers-rights, workers-rights]", 0, "stands twice"),
    "unknown author": (STATEMENT, "authors: [secretariat]", "authors:\n  - secretariat\n  - nobody", 2, "nobody"),
    "authors not a list": (STATEMENT, "authors: [secretariat]", "authors: secretariat", 0, "must be a list"),
    "unknown related post": (STATEMENT, "  - isnt-it-time-to-care-for-the-carers", "  - isnt-it-time", 0, "isnt-it-time"),
    "impossible date": (STATEMENT, "date: 2019-09-17", "date: 2019-09-31", 0, "not a date"),
    "date in words": (STATEMENT, "date: 2019-09-17", "date: mid September", 0, "2021-04-07"),
    "no date": (STATEMENT, "date: 2019-09-17\n", "", None, "“date” is missing"),
    "not true or false": (STATEMENT, "date_inferred: true", "date_inferred: perhaps", 0, "true or false"),
    "unknown key": (STATEMENT, "kind: statement", "kind: statement\ncolour: red", 1, "colour"),
    "key twice": (STATEMENT, "kind: statement", "kind: statement\nkind: news", 1, "stands twice"),
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
    "part not a number": (SPOTLIGHT, "part: 1", "part: one", 0, "whole number"),
    "unknown organisation": (SPOTLIGHT, "  organisation: peoples-health-movement", "  organisation: phm", 0, "phm"),
    "unknown country": (SPOTLIGHT, "  country: UG", "  country: Uganda", None, "country"),
    "person without name": (SPOTLIGHT, "  name: Denis Bukenya\n", "", None, "person_name"),
    "unknown key in a part": (SPOTLIGHT, "  country: UG", "  land: UG", 0, "land"),
    "event ends first": (ASSEMBLY, "  end: 2019-05-28", "  end: 2019-05-02", None, "ends before it starts"),
    "unknown picture": (ASSEMBLY, "  art: three-takeaways", "  art: three-takeaway", 0, "three-takeaways"),
    "no alternative text": (ASSEMBLY, "  alt: Three large circles", "  altt: Three large circles", None, "“alt”"),
    "empty alternative text": (ASSEMBLY, "  alt: Three large", "  alt: three\nsubtitle: Large", 0, "10 to 255"),
    "another alternative text": (BRIEFING, "  alt: Four rows", "  alt: Five rows", None, "another alternative text"),
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
    "text where a list belongs": (DECLARATION, "items:\n  - value", "items: none\nitem:\n  - value", 0, "list is expected"),
    "heading of the first level": (DECLARATION, "## What we saw", "# What we saw", 0, "Headings are ##"),
    "too long a heading": (DECLARATION, "## What we saw", f"## {'What we saw ' * 20}", 0, "160"),
    "HTML": (DECLARATION, "Praise was", "Praise\n<b>was</b>", 1, "HTML"),
    "picture in the text": (DECLARATION, "Praise was", "![Praise](praise.png) was", 0, "picture block"),
    "quotation": (DECLARATION, "Praise was not", "> Praise was not", 0, "quote block"),
    "ruler": (DECLARATION, "## What we saw", "***\n\n## What we saw", 0, "rulers"),
    "code": (DECLARATION, "Praise was", "Praise\n`was`", 1, "backticks"),
    "two paragraphs in a list": (DECLARATION, "## What we saw", "- One\n\n  Two\n\n## What we saw", 2, "one paragraph"),
    "link to nowhere": ("pages/contact.md", "(page:/working-groups/)", "(page:/working-group/)", 0, "/working-groups/"),
    "link to no post": ("pages/support-us.md", "(post:come-together", "(post:come-togethr", 0, "come-together"),
    "bare address": ("pages/contact.md", "(page:/working-groups/)", "(/working-groups/)", 0, "is no link"),
    "script as a link": ("pages/home.md", 'page: "page:/join/"', 'url: "javascript:alert(1)"', 0, "https://"),
    "button without target": ("pages/goals.md", ', page: "page:/join/"', "", 0, "Choose a page"),
    "page of another kind": ("pages/home.md", 'post: "post:come-together', 'post: "page:/goals/"\ntext2: "', 0, "must be a declaration"),
    "too many buttons": ("pages/home.md", "actions:\n", 'actions:\n  - {label: "News", page: "page:/news/"}\n', None, "room for 2"),
    "number in words": ("pages/home.md", "value: 8.6", "value: many", 0, "many"),
    "not a number": ("pages/home.md", "  value: 0.35", "  value: NaN", 0, "not a number"),
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
    "organisation twice": ("organisations.yaml", "slug: wemos", "slug: achest", 0, "stands twice"),
    "no website": ("organisations.yaml", '"https://www.achest.org/"', '"achest"', 0, "website"),
    "author of no kind": ("authors.yaml", "kind: person", "kind: human", 0, "human"),
    "not a list": ("topics.yaml", "- slug: who-code", "slug: who-code", None, ""),
    "list of words": ("series.yaml", "- slug", "- word\n- slug", 0, "Entries such as"),
    "unknown part of the site": ("site.yaml", "identity:", "identities:", 0, "identities"),
    "unknown menu": ("site.yaml", "  main_menu:", "  side_menu:", 0, "side_menu"),
    "menu to nowhere": ("site.yaml", 'page: "page:/why/"', 'page: "page:/how/"', 0, "/how/"),
    "banner without words": ("site.yaml", "level: info", "level: loud", 0, "loud"),
    "bad moment": ("site.yaml", "starts_at: null", "starts_at: soon", 0, "not a moment"),
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
    problems = Problems()
    assert read_yaml("country: NO\nopen: true\nyear: 2018\nnone: ~", Place(Path("x")), problems) == {
        "country": "NO", "open": True, "year": "2018", "none": None,
    }  # fmt: skip
    assert len(problems) == 0


def test_markdown_becomes_what_the_editor_stores():
    problems = Problems()
    html = rich_text(
        "**Bold** *it* & [x](https://e.org/?a=1&b=2)\nnext\n\n1. one\n   - deep\n2. two",
        Place(Path("x")),
        lambda to, _: f'href="{to}"',
        problems,
        PROSE,
    )
    assert (
        html == '<p><b>Bold</b> <i>it</i> &amp; <a href="https://e.org/?a=1&b=2">x</a> next</p>'
        "<ol><li>one<ul><li>deep</li></ul></li><li>two</li></ol>"
    )
    assert len(problems) == 0


@given(st.text())
def test_no_text_breaks_the_readers(text):
    problems, place = Problems(), Place(Path("x"))
    read_yaml(text, place, problems)
    pieces(text, place, lambda to, _: None, problems, PROSE)
    rich_text(text, place, lambda to, _: None, problems, [])
