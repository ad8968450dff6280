"""A declaration's text as plain text: nothing readable is lost, nothing that is only looks counts, and it reads back as it was."""

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Any

import pytest
from django.template.loader import render_to_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents import get_document_model

from cms.blocks.body import BodyBlock
from cms.models import SiteImage
from core.search_words import WORD, fold
from endorsements.text.canonical import LOOKS, canonical_text, digest
from endorsements.text.display import as_blocks
from endorsements.text.plain_text import tidy
from news.models import PostPage
from tests.support.news import make_post

EXAMPLE = [
    ("heading", {"text": "What we ask", "level": "h2"}),
    ("text", '<p data-block-key="a1">We <b>ask</b>:</p><ol><li>pay</li><li>rest<ul><li>at night</li></ul></li></ol><p>Line<br/>break</p>'),
    ("text", '<p>See <a linktype="page" id="12">our goals</a>, <a href="https://who.int/a?b=1&amp;c">WHO</a> and 10<sup>6</sup>.[1]</p>'),
    ("quote", {"text": "Care for carers", "name": "A nurse", "role": "Lilongwe"}),
    ("callout", {"tone": "note", "title": "Who", "text": "<p>Everybody.</p>"}),
    ("key_messages", {"items": [{"title": "Train", "text": "<p>Now.</p>"}, {"title": "Keep", "text": ""}]}),
    ("accordion", {"title": "Questions", "items": [{"title": "Why?", "text": "<p>Because.</p>"}]}),
    ("figures", {"title": "In numbers", "items": [{"value": "18 m", "label": "are missing", "source": "WHO"}]}),
    ("action", {"title": "Join", "text": "", "links": [{"label": "How", "url": "/join/"}, {"label": "Mail", "url": "mailto:a@b.org"}]}),
    (
        "table",
        {
            "caption": "Per 1,000",
            "table": {
                "columns": [{"type": "text", "heading": "Country"}, {"type": "number", "heading": "Workers"}],
                "rows": [{"values": ["Kenya", "1.79"]}, {"values": ["Utopia", None]}],
                "caption": "",
            },
            "source": "",
        },
    ),
]
AS_TEXT = """\
# Health workers first

A call

Why it matters.

→ The World Bank
→ WHO

## What we ask

We ask:

1. pay
2. rest
- - at night

Line
break

See our goals <page:12>, WHO <https://who.int/a?b=1&c> and 10⁶.[1]

> Care for carers
> — A nurse, Lilongwe

### Who

Everybody.

1. Train

Now.

2. Keep

### Questions

#### Why?

Because.

### In numbers

- 18 m · are missing · WHO

### Join

- How </join/>
- Mail <mailto:a@b.org>

### Per 1,000

| Country | Workers |
| Kenya | 1.79 |
| Utopia | |

[1] Source: WHO <https://who.int>, 2016.
"""


def text_of(*body: Any, **fields: Any) -> str:
    """The canonical text of an unsaved page with these blocks; a string is a block of rich text."""
    raw = [{"type": "text", "value": block} if isinstance(block, str) else {"type": block[0], "value": block[1]} for block in body]
    page = PostPage(**{"title": "Title", **fields})
    page.body = PostPage._meta.get_field("body").to_python(raw)
    return canonical_text(page)


def words(text: str) -> list[str]:
    return WORD.findall(fold(text))


def words_of_html(html: str) -> list[str]:
    glued = re.sub(r"</?(?:b|i|em|sup)\b[^>]*>", "", html)
    return words(unescape(re.sub(r"<[^>]*>", " ", glued)))


def words_read(text: str) -> list[str]:
    """The words of a canonical text that are not marks or addresses."""
    return words(re.sub(r"^(?:- )*\d+\. |<[^<>\s]+:[^<>\s]+>", "", text, flags=re.MULTILINE))


def test_the_text_is_written_as_documented(db: None) -> None:
    text = text_of(
        *EXAMPLE,
        title="Health workers first",
        subtitle="A call",
        standfirst="Why it matters.",
        addressed_to="The World Bank\r\n\r\n  WHO ",
        notes=[("note", '<p>Source: <a href="https://who.int">WHO</a>, 2016.</p>')],
    )
    assert text == AS_TEXT


def test_the_digest_is_what_anybody_computes_of_the_file() -> None:
    assert digest("# Médecins\n") == "8e346e36e76c0382f783535e6be1321749392679704dad0ebfc039ff926d705e"


LOOKS_ALIKE = [
    ('<p><a href="https://a.org" class="x" title="t">on</a></p>', '<p data-block-key="9"><a title="u" href="https://a.org">on</a></p>'),
    ('<p>See <a id="5" linktype="page">it</a></p>', '<p>See <a linktype="page" id="5" data-x="y"><i>it</i></a></p>'),
    ("<p>One</p><p>Two</p>", "<p></p>\n<p> One<br/></p><hr/><p>&nbsp;</p><p><b>T</b>wo</p><ul><li></li></ul>"),
    ('<p>A</p><p><a href="https://a.org"> </a></p>', "<p>A</p>"),
    ("<p>M\u00e9decins du monde</p>", "<p>Me\u0301de\u00adcins\u00a0\u200b du \n\t mo\u202ende\ufeff</p>"),
    (("callout", {"tone": "note", "text": "<p>A</p>"}), ("callout", {"tone": "important", "title": "\u200b", "text": "<p>A</p>"})),
    ("<p>A</p>", ("accordion", {"title": "", "items": [{"title": " ", "text": "<p>A</p>"}]})),
]


@pytest.mark.parametrize(("one", "other"), LOOKS_ALIKE)
def test_what_only_looks_different_is_the_same_text(db: None, one: Any, other: Any) -> None:
    assert text_of(one) == text_of(other)


SAYS_OTHERWISE = [
    ("<p>10<sup>6</sup></p>", "<p>106</p>"),
    ("<p>We do not agree</p>", "<p>We do now agree</p>"),
    ("<p>health workers</p>", "<p>healthworkers</p>"),
    ('<p><a href="https://a.org">on</a></p>', '<p><a href="https://b.org">on</a></p>'),
    ("<ul><li>A</li><li>B</li></ul>", "<ol><li>A</li><li>B</li></ol>"),
    ("<p>A</p><p>B</p>", "<p>A B</p>"),
    # Persian is spelt with U+200C.
    ("<p>\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645</p>", "<p>\u0645\u06cc\u062e\u0648\u0627\u0647\u0645</p>"),
]


@pytest.mark.parametrize(("one", "other"), SAYS_OTHERWISE)
def test_what_reads_differently_is_another_text(db: None, one: str, other: str) -> None:
    assert digest(text_of(one)) != digest(text_of(other))


def filled(block: Any, word: Iterator[str]) -> Any:
    """A value for a block of any kind, with a word of its own in each place where an editor can write."""
    if isinstance(block, blocks.StructBlock):
        return {name: filled(child, word) for name, child in block.child_blocks.items()}
    if isinstance(block, blocks.ListBlock):
        return [filled(block.child_block, word) for _ in range(2)]
    if isinstance(block, TypedTableBlock):
        columns = [{"type": name, "heading": next(word)} for name in block.child_blocks]
        return {"columns": columns, "rows": [{"values": [filled(child, word) for child in block.child_blocks.values()]}], "caption": ""}
    if isinstance(block, blocks.RichTextBlock):
        return f'<p>{next(word)}</p><ul><li>{next(word)}</li></ul><p><a href="https://{next(word)}.org">{next(word)}</a></p>'
    if isinstance(block, blocks.DecimalBlock):
        return next(word)[1:]
    if isinstance(block, (blocks.ChooserBlock, *LOOKS)):
        return None
    return {blocks.URLBlock: "https://{}.org", blocks.EmailBlock: "{}@example.org"}.get(type(block), "{}").format(next(word))


@pytest.mark.parametrize("kind", list(BodyBlock().child_blocks))
def test_every_place_where_an_editor_can_write_counts_in_every_kind_of_block(db: None, kind: str) -> None:
    written = [f"x{number}" for number in range(1000, 1100)]
    word = iter(written)
    text = text_of((kind, filled(BodyBlock().child_blocks[kind], word)))
    used = set(written) - set(word)
    assert used
    assert {mark for mark in used if mark[1:] not in text} == set()


def test_what_counts_as_looks_was_decided_for_each_choice_and_picture() -> None:
    """A new choice that says something to readers must not be left out of what they sign: decide, then name it here."""

    def looks(block: Any) -> Iterator[str]:
        children = getattr(block, "child_blocks", {}).values() or filter(None, [getattr(block, "child_block", None)])
        for child in children:
            yield from [child.name] if isinstance(child, LOOKS) else looks(child)

    assert set(looks(BodyBlock())) == {"tone", "level", "decorative", "image", "poster", "portrait"}


def test_a_picture_counts_with_its_words_and_a_document_with_its_title(home: Any) -> None:
    image = SiteImage.objects.first()
    document = get_document_model().objects.first()
    assert image
    assert document
    SiteImage.objects.filter(pk=image.pk).update(description="A full ward")

    def picture(**fields: Any) -> str:
        return text_of(("picture", {"image": image.pk, "alt": "", "decorative": False, "caption": "", **fields}))

    assert "\n[A full ward]\n" in picture()
    assert "\n[One bed] · Lilongwe\n" in picture(alt="One bed", caption="Lilongwe")
    assert picture(decorative=True) == text_of()
    resources = text_of(("documents", {"title": "", "items": [{"document": document.pk, "note": "12 pages"}]}))
    assert f"\n- {document.title} <document:{document.pk}> · 12 pages\n" in resources


def test_a_linked_page_may_move(home: Any) -> None:
    target = make_post("Our goals, at length")
    post = make_post("Linking", text=f'To <a linktype="page" id="{target.pk}">the goals</a>')
    post.body.append(("action", {"title": "Read", "links": [{"label": "Goals", "page": target}]}))
    before = canonical_text(post)
    assert f"the goals <page:{target.pk}>" in before
    assert f"- Goals <page:{target.pk}>" in before
    target.slug = "elsewhere"
    target.title = "Our other goals"
    target.save_revision().publish()
    post.save()
    assert canonical_text(PostPage.objects.get(pk=post.pk)) == before


# Words with what breaks naive normalisation: combining marks, joiners, bidi controls, white space of all kinds, our own marks.
AWKWARD = "aé\u0301\u0338\u0305\u0651\u0645\u200c\u200d\u061c\u200b\xad \xa0\u2028\t\n<>&#-·1.|→[]\ufb01\x1f"
WORDS = st.text(st.sampled_from(AWKWARD), max_size=12)


@given(st.lists(WORDS, max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_what_was_canonical_stays_as_it_is(db: None, paragraphs: list[str]) -> None:
    text = text_of(*(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs))
    again = text_of(*(f"<p>{escape(block)}</p>" for block in text.split("\n\n")[1:]))
    assert again == text
    assert [tidy(line) for line in text.split("\n")] == text.split("\n")
    assert text.endswith("\n")
    assert "\n\n\n" not in text


@given(st.lists(st.text("abcé", min_size=1, max_size=3), min_size=1, max_size=8), st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_another_word_makes_another_digest(db: None, said: list[str], data: Any) -> None:
    place = data.draw(st.integers(0, len(said) - 1))
    other = data.draw(st.text("abcé", max_size=3).filter(lambda word: word != said[place]))
    before, after = (f"<p>{' '.join(one)}</p>" for one in (said, [*said[:place], other, *said[place + 1 :]]))
    assert digest(text_of(before)) != digest(text_of(after))


# Kinds of block in which a page says a few words of its own, and what they are.
CHROME = set(words("The numbers as a table Name; Link, PDF, CSV, KB, bytes; Transcript or summary"))
CHROME |= set(words("Play on Vimeo. Nothing is loaded from Vimeo until you open it."))
WITH_CHROME = {"bars", "dots", "documents", "recording", "picture", "gallery", "figures", "people", "table"}


def test_nothing_readable_of_the_starting_content_is_lost(home: Any) -> None:
    posts = PostPage.objects.published().specific()
    assert len(posts) >= 15
    for post in posts:
        text = canonical_text(post)
        assert text == canonical_text(type(post).objects.get(pk=post.pk)), "the same page, the same text"
        for field in (post.title, post.subtitle, post.standfirst, *post.recipients):
            assert tidy(field) in text
        for block in post.body:
            shown = words_of_html(block.render({"page": post}))
            written = words_read(text_of((block.block_type, block.block.get_prep_value(block.value)), title=""))
            if block.block_type in WITH_CHROME:
                assert {word for word in shown if not word.isdecimal()} <= CHROME | set(written), block.block_type
            else:
                assert shown == written, block.block_type
        notes = words_of_html(" ".join(note.value.source for note in post.notes))
        assert notes == words_read("\n".join(re.findall(r"^\[\d+\] (.*)$", text, re.MULTILINE)))


def shown(text: str, top: int = 1) -> str:
    return render_to_string("endorsements/text/text.html", {"blocks": as_blocks(text, top)})


def test_the_text_is_shown_word_for_word(home: Any) -> None:
    for text in [AS_TEXT, *(canonical_text(post) for post in PostPage.objects.published().specific())]:
        assert [word for word in words_of_html(shown(text)) if word != "to"] == [
            word for word in words(re.sub(r"^\d+\. ", "", text, flags=re.MULTILINE)) if word != "to"
        ]


def test_the_text_is_shown_with_its_structure() -> None:
    html = re.sub(r"\n(?=<)|(?<=>)\n", "", shown(AS_TEXT, top=2))
    for part in (
        "<h2>Health workers first</h2>",
        "<h3>What we ask</h3>",
        "<h4>Who</h4>",
        "<li>pay</li><li>rest<br>- at night</li>",
        "<li>18 m · are missing · WHO</li>",
        '<ol start="2"><li>Keep</li></ol>',
        "<p>Line<br>break</p>",
        '&lt;<a href="https://who.int/a?b=1&amp;c">https://who.int/a?b=1&amp;c</a>&gt; and 10⁶.[1]',
        "<p>Care for carers</p><footer>— A nurse, Lilongwe</footer>",
        '<th scope="col">Workers</th></tr></thead><tbody><tr><td>Kenya</td>',
        "<dd>The World Bank<br>WHO</dd>",
    ):
        assert part in html


def test_what_is_typed_is_words_and_not_html() -> None:
    html = shown('# T\n\n<script>alert("1")</script> & <javascript:alert(1)> <page:3>\n\n- <http://a.org/"onclick=">\n')
    assert "<script" not in html
    assert html.count("<a ") == 1
    assert 'href="http://a.org/&quot;onclick=&quot;"' in html


@pytest.mark.parametrize("lines", ["1. one\n3. three", "0. none", "1. one\n- other", "1990. A year"])
def test_numbers_that_a_list_would_change_stay_as_typed(lines: str) -> None:
    assert [block.kind for block in as_blocks(lines + "\n")] == ["paragraph"]
