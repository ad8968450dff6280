"""The admin form of a post."""

from typing import Any

from cms.forms import SitePageForm

from .states import KINDS_WITH_OWN_MODEL


class PostForm(SitePageForm):
    """Offers no kinds that have a page model of their own, such as spotlights: a post cannot become one."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kind = self.fields.get("kind")
        if kind is not None:
            kind.choices = [choice for choice in kind.choices if choice[0] not in KINDS_WITH_OWN_MODEL or choice[0] == self.instance.kind]
