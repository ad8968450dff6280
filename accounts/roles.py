"""Who may do what in the admin. `manage.py sync_roles` makes the database agree with this page.

A role is one of Wagtail's groups. The three below belong to the code: a permission added to them by hand is taken away at the
next sync. A coalition that wants a fourth makes a group of its own, which is left alone.
"""

from dataclasses import dataclass, field

ADMIN = ("wagtailadmin.access_admin",)
# Wagtail shows a page in the admin to whoever holds one of its page permissions, and knows none for reading. `unlock` is the weakest
# of them: who holds it alone reads drafts and comments, and changes nothing, unlocking included (cms/page_permissions.py).
READ_AND_COMMENT = ("unlock",)


@dataclass(frozen=True)
class Role:
    """A group: its actions on all pages, its permissions on all collections, and its permissions on everything else."""

    name: str
    pages: tuple[str, ...]
    collections: tuple[str, ...]
    permissions: tuple[str, ...] = field(default=ADMIN)


def _all_of(*models: str) -> tuple[str, ...]:
    """Adding, changing and deleting of each `app.model`."""
    parted = [model.split(".") for model in models]
    return tuple(f"{app}.{action}_{name}" for app, name in parted for action in ("add", "change", "delete"))


SECRETARIAT = Role(
    name="Secretariat",
    pages=("add", "change", "publish", "bulk_delete", "lock", "unlock"),
    collections=(
        *_all_of("wagtailcore.collection", "wagtailimages.image", "wagtaildocs.document"),
        "wagtailimages.choose_image",
        "wagtaildocs.choose_document",
    ),
    permissions=(
        *ADMIN,
        *_all_of("news.author", "news.topic", "news.series", "members.organisation", "members.theme", "members.knownsize"),
        *_all_of("wagtailredirects.redirect", "accounts.user"),
        "cms.change_siteidentity",
        "cms.change_navigation",
        "cms.change_announcement",
        "core.view_outgoingmail",
        "core.change_outgoingmail",
        "core.change_mailtext",
        "members.view_application",
        "members.change_application",
        "members.export_application",
        "members.view_ballot",
        "members.change_ballot",
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
        *ADMIN,
        "news.add_author",
        "news.change_author",
        "news.add_topic",
        "news.change_topic",
        "news.add_series",
        "news.change_series",
    ),
)
# A member of the committee sees the ballots, and votes with the seat whose address is their own (members/committee/admin.py).
COMMITTEE = Role(name="Steering committee", pages=READ_AND_COMMENT, collections=(), permissions=(*ADMIN, "members.view_ballot"))

ROLES = (SECRETARIAT, EDITOR, COMMITTEE)

REVIEW_WORKFLOW = "Review"
REVIEW_TASK = "Review by the secretariat"
# What Wagtail's own migrations make and this project does not use.
WAGTAIL_GROUPS = ("Moderators", "Editors")
WAGTAIL_WORKFLOW = "Moderators approval"
WAGTAIL_TASK = "Moderators approval"
