"""What tests read on a screen of the admin."""

import html
import re
from typing import Any


def words(answer: Any) -> str:
    """All that stands there, without tags. (Of our own pages `endorsing.words` asks more: that their HTML is sound.)"""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())
