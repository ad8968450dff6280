"""Tags for templates of the admin."""

from django import template
from wagtail.models import Page

from cms.content_checks import Problem, find_problems

register = template.Library()


@register.simple_tag
def page_problems(page: Page) -> list[Problem]:
    """The problems of the page as just saved."""
    return find_problems(page)
