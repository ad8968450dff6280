"""Recordings: the provider is told from the address, and an address nobody knows is only linked to."""

import pytest

from cms.recordings import find_provider


@pytest.mark.parametrize(
    ("url", "name", "embed"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "YouTube", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"),
        ("https://www.youtube.com/watch?t=9&v=dQw4w9WgXcQ", "YouTube", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"),
        ("https://youtu.be/dQw4w9WgXcQ?si=x", "YouTube", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"),
        ("https://m.youtube.com/live/dQw4w9WgXcQ", "YouTube", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"),
        ("https://www.youtube.com/@channel", "YouTube", ""),
        ("https://vimeo.com/76979871", "Vimeo", "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1"),
        ("https://player.vimeo.com/video/76979871", "Vimeo", "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1"),
        ("https://vimeo.com/showcase", "Vimeo", ""),
        ("https://www.archive.example/item/9", "archive.example", ""),
    ],
)
def test_the_provider_is_known_from_the_address(url: str, name: str, embed: str) -> None:
    provider = find_provider(url)
    assert provider is not None
    assert (provider.name, provider.embed) == (name, embed)


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "ftp://example.org/x", "nonsense", "https://", "https://[broken"])
def test_what_is_no_web_address_has_no_provider(url: str) -> None:
    assert find_provider(url) is None


def test_a_host_that_only_resembles_a_provider_is_not_framed() -> None:
    provider = find_provider("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ")
    assert provider is not None
    assert provider.embed == ""
