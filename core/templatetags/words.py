"""`{% words opening %}…{% endwords %}`: prose of a mail that the secretariat may change (core.mail_words)."""

from typing import Any

from django import template

from core.mail.wording import WordsNode

register = template.Library()


@register.tag
def words(parser: Any, token: Any) -> WordsNode:
    """`{% words opening %}`, or `{% words opening reminder %}` where one case has words of its own. In HTML it stands within a `<p>`."""
    _tag, *parts = token.split_contents()
    if not parts or not all(part.isidentifier() for part in parts):
        raise template.TemplateSyntaxError("{% words %} needs the name of a passage, and perhaps of a case.")
    nodelist = parser.parse(("endwords",))
    parser.delete_first_token()
    return WordsNode(*parts, nodelist=nodelist)
