"""The form of a post."""

from typing import Any

from cms.forms import SitePageForm

from .states import Kind


class PostForm(SitePageForm):
    """A spotlight is a kind of page of its own, with a person; a post that is none cannot become one by its kind."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kind = self.fields.get("kind")
        if kind is not None and self.instance.kind != Kind.SPOTLIGHT:
            kind.choices = [choice for choice in kind.choices if choice[0] != Kind.SPOTLIGHT]
