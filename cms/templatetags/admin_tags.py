"""For templates of the admin."""

from django import template
from wagtail.models import Page

from cms.content_checks import Problem, problems_of

register = template.Library()


@register.simple_tag
def page_problems(page: Page) -> list[Problem]:
    """What the page as just saved still lacks."""
    return problems_of(page)
