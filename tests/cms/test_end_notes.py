"""End notes: typed markers, linked both ways, checked when a post is saved."""

import json
from typing import Any

import pytest
from django.test import Client
from wagtail.blocks import StreamValue

from cms.end_notes import end_note_errors, link_markers
from news.models import PostPage
from tests.support.endorsing import parsed
from tests.support.news import newsroom, publish


def body(*paragraphs: str) -> StreamValue:
    return PostPage._meta.get_field("body").to_python([{"type": "text", "value": f"<p>{text}</p>"} for text in paragraphs])


def notes(count: int) -> StreamValue:
    return PostPage._meta.get_field("notes").to_python([{"type": "note", "value": f"<p>Note {n}</p>"} for n in range(count)])


def test_a_marker_becomes_a_link_with_its_role() -> None:
    html = link_markers("<p>Said.[1]</p>", 1, set())
    assert 'role="doc-noteref"' in html
    assert 'href="#note-1"' in html
    assert 'id="noteref-1"' in html


def test_only_the_first_of_two_equal_markers_is_where_the_note_leads_back_to() -> None:
    assert link_markers("<p>One[1] two[1]</p>", 1, set()).count("id=") == 1


def test_a_bracketed_number_without_a_note_stays_as_typed() -> None:
    assert link_markers("<p>In [2020] and [9]</p>", 1, set()) == "<p>In [2020] and [9]</p>"


def test_markers_inside_a_tag_are_left_alone() -> None:
    html = '<a href="https://example.org/?a[1]=2">x</a>'
    assert link_markers(html, 1, set()) == html


@pytest.mark.parametrize(
    ("texts", "count", "said"),
    [
        (["One [1]", "two [2]"], 2, ""),
        (["Nothing here"], 0, ""),
        (["In [3] brackets"], 0, ""),
        (["One [1] and [3]"], 2, "note 3, which does not exist"),
        (["One [1]"], 2, "Note 2 is nowhere"),
    ],
)
def test_what_does_not_fit_is_named(texts: list[str], count: int, said: str) -> None:
    found = end_note_errors(body(*texts), notes(count))
    assert (said in found) if said else (found == "")


def test_a_post_with_notes_shows_them_linked_both_ways(client: Any, home: Any) -> None:
    address = "/news/how-does-the-international-migration-of-health-professionals-affect-gender-equity-in-the-health-workforce/"
    html = client.get(address).content.decode()
    count = html.count('role="doc-backlink"')
    assert count >= 4
    for number in range(1, count + 1):
        assert f'id="noteref-{number}"' in html
        assert f'id="note-{number}"' in html
        assert f'href="#noteref-{number}"' in html


# Identifiers


def page_with(home: Any, client: Client, *blocks: tuple[str, Any]) -> list[str]:
    """The identifiers on a post with these blocks and two end notes."""
    body = [{"type": kind, "value": value} for kind, value in blocks]
    post = PostPage(title="Anchors", slug="anchors", standfirst="S.", body=json.dumps(body), notes=json.dumps(NOTES))
    newsroom().add_child(instance=post)
    publish(post)
    return [element.get("id") for element in parsed(client.get(post.url)).iter() if element.get("id")]


NOTES = [{"type": "note", "value": f"<p>Note {number}</p>"} for number in (1, 2)]
MESSAGES = ("key_messages", {"items": [{"title": "One", "text": ""}, {"title": "Two", "text": ""}]})


def test_no_identifier_is_twice_on_a_page(home: Any, client: Client) -> None:
    words = (
        "What we ask",
        "What we ask",
        "what we ask!",
        "健康",
        "健康",
        "صحة",
        "?!",
        "…",
        "Notes",
        "Contents",
        "Message 1",
        "What we ask 2",
    )
    headings = [("heading", {"text": text, "level": "h2"}) for text in words]
    paragraphs = [("text", "<p>One[1], two[2].</p>"), ("text", "<p>Again[1].</p>")]
    found = page_with(home, client, *headings, *paragraphs, MESSAGES, MESSAGES, ("callout", {"tone": "note", "text": "<p>And [2]</p>"}))
    assert sorted(found) == sorted(set(found))
    assert {"what-we-ask", "what-we-ask-2", "健康", "صحة", "message-1", "message-2", "noteref-1", "noteref-2"} <= set(found)
