"""The site's WSGI application, which writes a dot to the file `BENCH_RENDERINGS` whenever Django renders a page."""

import os
from typing import Any

from django.template.response import SimpleTemplateResponse

from hw4all.wsgi import application

__all__ = ["application"]

_render = SimpleTemplateResponse.rendered_content


def _counted(response: Any) -> str:
    with open(os.environ["BENCH_RENDERINGS"], "ab") as file:  # noqa: PTH123 — appending a byte is atomic
        file.write(b".")
    return str(_render.fget(response))  # type: ignore[attr-defined]


SimpleTemplateResponse.rendered_content = property(_counted)  # type: ignore[assignment]
