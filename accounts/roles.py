"""Who may do what in the admin. `manage.py sync_roles` applies this file to the database.

A role is a group. The three groups below belong to the code: the next sync removes permissions added by hand. A coalition
that needs a fourth role creates a group of its own, which the sync leaves alone.
"""

from dataclasses import dataclass, field

ACCESS_ADMIN = ("wagtailadmin.access_admin",)
# Wagtail has no page permission for reading, but shows pages in the admin to users with any page permission. `unlock` is the weakest.
# Users who have only this one can read drafts and comment, and change nothing; they cannot even unlock (cms/page_permissions.py).
READ_AND_COMMENT = ("unlock",)


@dataclass(frozen=True)
class Role:
    """A group: its actions on all pages, its permissions on all collections, and its other permissions."""

    name: str
    pages: tuple[str, ...]
    collections: tuple[str, ...]
    permissions: tuple[str, ...] = field(default=ACCESS_ADMIN)


def _full_access(*models: str) -> tuple[str, ...]:
    """Return the add, change and delete permissions of each `app.model`."""
    pairs = [model.split(".") for model in models]
    return tuple(f"{app}.{action}_{name}" for app, name in pairs for action in ("add", "change", "delete"))


SECRETARIAT = Role(
    name="Secretariat",
    pages=("add", "change", "publish", "bulk_delete", "lock", "unlock"),
    collections=(
        *_full_access("wagtailcore.collection", "wagtailimages.image", "wagtaildocs.document"),
        "wagtailimages.choose_image",
        "wagtaildocs.choose_document",
    ),
    permissions=(
        *ACCESS_ADMIN,
        *_full_access("news.author", "news.topic", "news.series", "members.organisation", "members.theme", "members.knownsize"),
        *_full_access("wagtailredirects.redirect", "accounts.user"),
        "cms.change_siteidentity",
        "cms.change_navigation",
        "cms.change_announcement",
        "members.change_joiningsettings",
        "core.view_outgoingmail",
        "core.change_outgoingmail",
        "core.change_mailtext",
        "members.view_application",
        "members.change_application",
        "members.export_application",
        "members.view_ballot",
        "members.change_ballot",
        "members.change_committeesettings",
        "members.view_profilechange",
        "members.change_profilechange",
        "endorsements.change_signon",
        "endorsements.view_endorsement",
        "endorsements.change_endorsement",
        "endorsements.export_endorsement",
        "endorsements.view_delivery",
        "endorsements.add_delivery",
        "endorsements.change_delivery",
    ),
)
EDITOR = Role(
    name="Editor",
    pages=("add", "change"),
    collections=(
        "wagtailimages.add_image",
        "wagtailimages.change_image",
        "wagtailimages.choose_image",
        "wagtaildocs.add_document",
        "wagtaildocs.change_document",
        "wagtaildocs.choose_document",
    ),
    permissions=(
        *ACCESS_ADMIN,
        "news.add_author",
        "news.change_author",
        "news.add_topic",
        "news.change_topic",
        "news.add_series",
        "news.change_series",
    ),
)
# Committee members see all ballots, and vote for the seat that has their email address.
COMMITTEE = Role(name="Steering committee", pages=READ_AND_COMMENT, collections=(), permissions=(*ACCESS_ADMIN, "members.view_ballot"))

ROLES = (SECRETARIAT, EDITOR, COMMITTEE)

REVIEW_WORKFLOW = "Review"
REVIEW_TASK = "Review by the secretariat"
# Created by Wagtail's migrations and not used here.
WAGTAIL_GROUPS = ("Moderators", "Editors")
WAGTAIL_WORKFLOW = "Moderators approval"
WAGTAIL_TASK = "Moderators approval"
