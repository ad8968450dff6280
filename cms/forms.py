"""The admin form of every page."""

from wagtail.admin.forms import WagtailAdminPageForm

from .content_checks import find_problems


class SitePageForm(WagtailAdminPageForm):
    """Saves any draft, but reports problems that block publishing when it is published or submitted for review."""

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.is_deferred_validation:
            return
        for problem in find_problems(self.instance):
            if problem.blocks_publishing and problem.field not in self.errors:
                self.add_error(problem.field if problem.field in self.fields else None, problem.message)
