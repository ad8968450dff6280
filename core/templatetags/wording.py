"""`{% wording opening %}…{% endwording %}`: a passage of an email that the secretariat may edit (core.mail.wording)."""

from typing import Any

from django import template

from core.mail.wording import WordingNode

register = template.Library()


@register.tag
def wording(parser: Any, token: Any) -> WordingNode:
    """`{% wording opening %}`, or `{% wording opening reminder %}` for the wording of one case. In HTML it stands inside a `<p>`."""
    _tag, *parts = token.split_contents()
    if not parts or not all(part.isidentifier() for part in parts):
        raise template.TemplateSyntaxError("{% wording %} needs the name of a passage, and perhaps of a case.")
    nodelist = parser.parse(("endwording",))
    parser.delete_first_token()
    return WordingNode(*parts, nodelist=nodelist)
