"""Every component on one page, drawn from the blocks' own sample values: what a designer checks and a test walks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cms.blocks.body import BodyBlock
from news.models import PostPage

from .blocks import HomeBlock

COLOURS = ("paper", "raised", "ink", "soft", "line", "dot", "accent", "link", "tint", "deep")


def styleguide(request: HttpRequest) -> HttpResponse:
    """Not linked and kept out of search engines; public, since it holds nothing but samples."""
    body_blocks = HomeBlock().child_blocks
    shared = BodyBlock().child_blocks
    samples = [
        (block, block.bind(block.get_preview_value()), name in shared) for name, block in body_blocks.items() if block.is_previewable
    ]
    posts = PostPage.objects.published().newest_first().for_cards()[:3]
    return render(request, "styleguide.html", {"samples": samples, "posts": posts, "colours": COLOURS, "noindex": True})
