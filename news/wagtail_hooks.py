"""What the newsroom adds to the admin."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from cms.dashboard import HOOK, Shortcut

from .models import NewsIndexPage
from .viewsets import Newsroom, PostListing

register_snippet(Newsroom)
