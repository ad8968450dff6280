"""Every registered address, with something in the place of its variable parts."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import URLResolver, get_resolver

FILLING = {"int": "1", "uuid": "00000000-0000-0000-0000-000000000001"}


def registered_addresses(patterns: Iterable[Any] = (), above: str = "") -> Iterator[str]:
    for pattern in patterns or get_resolver().url_patterns:
        route = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from registered_addresses(pattern.url_patterns, route)
        else:
            filled = re.sub(r"<(?:(\w+):)?\w+>", lambda match: FILLING.get(match[1] or "", "x"), re.sub(r"\(\?P<\w+>[^)]*\)", "1", route))
            yield "/" + re.sub(r"\([^)]*\)", "1", filled).replace("\\Z", "").strip("^$").replace("/?", "/")
