"""Providers of recordings, recognised by URL."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Provider:
    """A provider and the URL to embed, which is '' for a provider that we only link to."""

    name: str
    embed: str


_YOUTUBE_HOSTS = {"youtube.com", "www.youtube.com", "m.youtube.com", "youtube-nocookie.com", "www.youtube-nocookie.com", "youtu.be"}
_YOUTUBE_ID = re.compile(r"(?:^|[/=])([\w-]{11})(?:$|[?&/])")
_VIMEO_HOSTS = {"vimeo.com", "www.vimeo.com", "player.vimeo.com"}
_VIMEO_ID = re.compile(r"/(\d{6,12})(?:$|[/?])")


def find_provider(url: str) -> Provider | None:
    """The provider for the URL of a recording, None if it is not an http(s) URL. Nothing is fetched."""
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets without an IPv6 address
        return None
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not host:
        return None
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if host in _YOUTUBE_HOSTS:
        found = _YOUTUBE_ID.search(path)
        return Provider("YouTube", f"https://www.youtube-nocookie.com/embed/{found[1]}?autoplay=1" if found else "")
    if host in _VIMEO_HOSTS:
        found = _VIMEO_ID.search(path)
        return Provider("Vimeo", f"https://player.vimeo.com/video/{found[1]}?dnt=1&autoplay=1" if found else "")
    return Provider(host.removeprefix("www."), "")
