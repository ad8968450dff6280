"""A permission to read and comment on pages without changing them, which Wagtail does not have.

In Wagtail only users who may change a page can open its editor, where comments are. Here users with no permission but `unlock` on a page
(the steering committee, accounts/roles.py) can open it too, with a form that saves only comments (cms/admin_views.py). Code that checks
Wagtail's own permissions refuses them, which is the safe default.
"""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from wagtail.models.pages import PagePermissionTester

COMMENTING = {"unlock"}


class SitePagePermissions(PagePermissionTester):
    """Wagtail's permissions of one user for one page, and `comments_only`."""

    @property
    def comments_only(self) -> bool:
        """Whether the user may read and comment on the page, and nothing else."""
        return self.user.is_active and not self.user.is_superuser and self.permissions == COMMENTING

    def can_edit(self) -> bool:
        """Whether the user may open the editor, which saves only comments if `comments_only`. An alias has no editor."""
        return super().can_edit() or (self.comments_only and not self.page.alias_of_id and not self.page_is_root)

    def can_unlock(self) -> bool:
        return not self.comments_only and super().can_unlock()

    def can_copy(self) -> bool:
        return not self.comments_only and super().can_copy()

    def can_submit_for_moderation(self) -> bool:
        return not self.comments_only and super().can_submit_for_moderation()


def may_only_comment(user: AbstractBaseUser | AnonymousUser, page: object) -> bool:
    """Whether this user may comment on this page, and nothing else."""
    return SitePagePermissions(user, page).comments_only
