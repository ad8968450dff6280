"""End notes: `[1]` in a text links to the first note, which links back.

Editors type the markers, so no editor plug-in is needed, and text pasted from a word processor keeps its notes.
"""

import re

from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue

MARKER = re.compile(r"\[(\d{1,3})\]")
_TAG = re.compile(r"(<[^>]*>)")


def end_note_errors(body: StreamValue, notes: StreamValue) -> str:
    """The error message if a marker has no note, or a note no marker; else ''."""
    if not notes:
        return ""  # without notes, a number in brackets is no marker
    text = strip_tags(" ".join(str(part) for part in body.stream_block.get_searchable_content(body))) if body else ""
    used = {int(number) for number in MARKER.findall(text)}
    expected = set(range(1, len(notes) + 1))
    if missing := sorted(used - expected):
        return _("The text refers to note %(numbers)s, which does not exist.") % {"numbers": ", ".join(map(str, missing))}
    if unused := sorted(expected - used):
        return _("Note %(numbers)s is nowhere in the text. Write its number in square brackets where it belongs.") % {
            "numbers": ", ".join(map(str, unused))
        }
    return ""


def link_markers(html: str, count: int, linked: set[int]) -> SafeString:
    """The HTML with each marker that has a note turned into a link (DPUB-ARIA `doc-noteref`). Back links lead to the first one.

    `html` must be safe. Markers inside tags are left unchanged. `linked` has the notes that were linked above on the page, and gets those
    that are linked here.
    """

    def link(match: re.Match[str]) -> str:
        number = int(match[1])
        if not 1 <= number <= count:
            return match[0]
        anchor = "" if number in linked else format_html(' id="noteref-{}"', number)
        linked.add(number)
        return format_html(
            '<a class="noteref" role="doc-noteref" href="#note-{0}"{1} aria-label="{2}">{0}</a>', number, anchor, _("Note %d") % number
        )

    return mark_safe("".join(part if part.startswith("<") else MARKER.sub(link, part) for part in _TAG.split(html)))
