"""End notes: typed markers, linked both ways, checked when a post is saved."""

from typing import Any

import pytest
from wagtail.blocks import StreamValue

from cms.end_notes import end_note_errors, link_markers
from news.models import PostPage


def body(*paragraphs: str) -> StreamValue:
    return PostPage._meta.get_field("body").to_python([{"type": "text", "value": f"<p>{text}</p>"} for text in paragraphs])


def notes(count: int) -> StreamValue:
    return PostPage._meta.get_field("notes").to_python([{"type": "note", "value": f"<p>Note {n}</p>"} for n in range(count)])


def test_a_marker_becomes_a_link_with_its_role() -> None:
    html = link_markers("<p>Said.[1]</p>", 1)
    assert 'role="doc-noteref"' in html
    assert 'href="#note-1"' in html
    assert 'id="noteref-1"' in html


def test_only_the_first_of_two_equal_markers_is_where_the_note_leads_back_to() -> None:
    assert link_markers("<p>One[1] two[1]</p>", 1).count("id=") == 1


def test_a_bracketed_number_without_a_note_stays_as_typed() -> None:
    assert link_markers("<p>In [2020] and [9]</p>", 1) == "<p>In [2020] and [9]</p>"


def test_markers_inside_a_tag_are_left_alone() -> None:
    html = '<a href="https://example.org/?a[1]=2">x</a>'
    assert link_markers(html, 1) == html


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
