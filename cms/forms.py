"""The form of every page, and of pictures and documents."""

from wagtail.admin.forms import WagtailAdminPageForm

from .content_checks import problems_of


class SitePageForm(WagtailAdminPageForm):
    """Saves a draft whatever its state; asks for what readers need before it is published or handed over for review."""

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.is_deferred_validation:
            return
        for problem in problems_of(self.instance):
            if problem.holds_back and problem.field not in self.errors:
                self.add_error(problem.field if problem.field in self.fields else None, problem.message)
