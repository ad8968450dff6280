"""Reading and commenting without changing, which Wagtail has no permission for.

Wagtail opens the editor, where the comments are, only to those who may change the page. Here whoever holds `unlock` on a page and
nothing else (the steering committee, accounts/roles.py) opens it too, and finds a form in which only comments can be saved
(cms/admin_views.py). Everything that asks Wagtail's own permission instead of this one answers no: the safe direction.
"""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from wagtail.models.pages import PagePermissionTester

READING = {"unlock"}


class SitePagePermissions(PagePermissionTester):
    """Wagtail's answers for one user and one page, and `comments_only`."""

    @property
    def comments_only(self) -> bool:
        """Whether the user reads and comments here and does nothing else."""
        return self.user.is_active and not self.user.is_superuser and self.permissions == READING

    def can_edit(self) -> bool:
        """Whether the editor opens; with `comments_only` it saves comments alone. An alias has no editor."""
        return super().can_edit() or (self.comments_only and not self.page.alias_of_id and not self.page_is_root)

    def can_unlock(self) -> bool:
        return not self.comments_only and super().can_unlock()

    def can_copy(self) -> bool:
        return not self.comments_only and super().can_copy()

    def can_submit_for_moderation(self) -> bool:
        return not self.comments_only and super().can_submit_for_moderation()


def may_only_comment(user: AbstractBaseUser | AnonymousUser, page: object) -> bool:
    """Whether this user's editor of this page saves comments alone."""
    return SitePagePermissions(user, page).comments_only
