"""The form of a post."""

from typing import Any

from cms.forms import SitePageForm

from .states import KINDS_OF_THEIR_OWN


class PostForm(SitePageForm):
    """A spotlight has a person, a declaration a sign-on: they are kinds of page, and a post that is none cannot become one by its kind."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kind = self.fields.get("kind")
        if kind is not None:
            kind.choices = [choice for choice in kind.choices if choice[0] not in KINDS_OF_THEIR_OWN or choice[0] == self.instance.kind]
