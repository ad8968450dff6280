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
    """Idempotent, also when run twice at once."""

    help = "Create or update the roles and the review workflow from accounts/roles.py, and remove Wagtail's default ones if unused."

    def handle(self, *args: Any, verbosity: int = 1, **options: Any) -> None:
        with transaction.atomic():
            for role in ROLES:
                sync_role(role)
            sync_workflow()
            remove_wagtail_defaults()
        if verbosity:
            self.stdout.write("The roles are in place: " + ", ".join(role.name for role in ROLES))


def sync_role(role: Role) -> None:
    """Give the group exactly the role's permissions. Raises CommandError if one does not exist."""
    group, _made = Group.objects.get_or_create(name=role.name)
    group.permissions.set(_permissions(role.permissions))

    root_page = Page.get_first_root_node()
    page_permissions = _permissions(tuple(f"wagtailcore.{action}_page" for action in role.pages))
    group.page_permissions.exclude(page=root_page, permission__in=page_permissions).delete()
    for permission in page_permissions:
        GroupPagePermission.objects.get_or_create(group=group, page=root_page, permission=permission)

    root_collection = Collection.get_first_root_node()
    collection_permissions = _permissions(role.collections)
    group.collection_permissions.exclude(collection=root_collection, permission__in=collection_permissions).delete()
    for permission in collection_permissions:
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root_collection, permission=permission)


def _permissions(names: tuple[str, ...]) -> list[Permission]:
    found = []
    for name in names:
        app, codename = name.split(".")
        # Several models may define the same codename; its last part is the name of the model it is about.
        permission = Permission.objects.filter(
            content_type__app_label=app, content_type__model=codename.rpartition("_")[2], codename=codename
        ).first()
        if permission is None:
            raise CommandError(f"accounts/roles.py names the permission {name}, which does not exist. Has `migrate` been run?")
        found.append(permission)
    return found


def sync_workflow() -> None:
    """Create the workflow for all pages, with one step: the secretariat approves what an editor submits, which publishes it."""
    task = GroupApprovalTask.objects.filter(name=REVIEW_TASK).first() or GroupApprovalTask.objects.create(name=REVIEW_TASK)
    task.groups.set([Group.objects.get(name=SECRETARIAT.name)])
    workflow, _made = Workflow.objects.get_or_create(name=REVIEW_WORKFLOW)
    if not (task.active and workflow.active):
        Task.objects.filter(pk=task.pk).update(active=True)
        Workflow.objects.filter(pk=workflow.pk).update(active=True)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowPage.objects.update_or_create(page=Page.get_first_root_node(), defaults={"workflow": workflow})


def remove_wagtail_defaults() -> None:
    """Delete Wagtail's default groups, workflow and task, unless they have members or have been used."""
    Workflow.objects.filter(name=WAGTAIL_WORKFLOW, workflow_states__isnull=True).delete()
    Task.objects.filter(name=WAGTAIL_TASK, task_states__isnull=True, workflow_tasks__isnull=True).delete()
    Group.objects.filter(name__in=WAGTAIL_GROUPS, user__isnull=True).delete()
