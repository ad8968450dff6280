from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Task,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from accounts.roles import REVIEW_TASK, REVIEW_WORKFLOW, ROLES, SECRETARIAT, WAGTAIL_GROUPS, WAGTAIL_TASK, WAGTAIL_WORKFLOW, Role


class Command(BaseCommand):
    """Repeating it changes nothing; running it twice at once is harmless."""

    help = "Makes the roles and the review workflow as accounts/roles.py describes them, and removes Wagtail's own where nobody uses them."

    def handle(self, *args: Any, verbosity: int = 1, **options: Any) -> None:
        with transaction.atomic():
            for role in ROLES:
                sync_role(role)
            sync_workflow()
            remove_wagtails_own()
        if verbosity:
            self.stdout.write("The roles are in place: " + ", ".join(role.name for role in ROLES))


def sync_role(role: Role) -> None:
    """The group with exactly the role's permissions. Raises CommandError when one does not exist."""
    group, _made = Group.objects.get_or_create(name=role.name)
    group.permissions.set(_permissions(role.permissions))

    root = Page.get_first_root_node()
    for_pages = _permissions(tuple(f"wagtailcore.{action}_page" for action in role.pages))
    group.page_permissions.exclude(page=root, permission__in=for_pages).delete()
    for permission in for_pages:
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)

    everything = Collection.get_first_root_node()
    for_collections = _permissions(role.collections)
    group.collection_permissions.exclude(collection=everything, permission__in=for_collections).delete()
    for permission in for_collections:
        GroupCollectionPermission.objects.get_or_create(group=group, collection=everything, permission=permission)


def _permissions(names: tuple[str, ...]) -> list[Permission]:
    found = []
    for name in names:
        app, codename = name.split(".")
        # Several models may define a codename; the last word of Django's and Wagtail's codenames is the model they ask about.
        permission = Permission.objects.filter(
            content_type__app_label=app, content_type__model=codename.rpartition("_")[2], codename=codename
        ).first()
        if permission is None:
            raise CommandError(f"accounts/roles.py names the permission {name}, which does not exist. Has `migrate` been run?")
        found.append(permission)
    return found


def sync_workflow() -> None:
    """One step: what an editor submits, somebody of the secretariat approves, which publishes it. It stands over all pages."""
    task = GroupApprovalTask.objects.filter(name=REVIEW_TASK).first() or GroupApprovalTask.objects.create(name=REVIEW_TASK)
    task.groups.set([Group.objects.get(name=SECRETARIAT.name)])
    workflow, _made = Workflow.objects.get_or_create(name=REVIEW_WORKFLOW)
    if not (task.active and workflow.active):
        Task.objects.filter(pk=task.pk).update(active=True)
        Workflow.objects.filter(pk=workflow.pk).update(active=True)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowPage.objects.update_or_create(page=Page.get_first_root_node(), defaults={"workflow": workflow})


def remove_wagtails_own() -> None:
    """Delete Wagtail's groups, workflow and task unless somebody is in them or something went through them."""
    Workflow.objects.filter(name=WAGTAIL_WORKFLOW, workflow_states__isnull=True).delete()
    Task.objects.filter(name=WAGTAIL_TASK, task_states__isnull=True, workflow_tasks__isnull=True).delete()
    Group.objects.filter(name__in=WAGTAIL_GROUPS, user__isnull=True).delete()
