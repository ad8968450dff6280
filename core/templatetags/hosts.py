"""Addresses and websites as people read them."""

from typing import Any

from django import template

from core.mail.addresses import readable_hosts as _readable_hosts

register = template.Library()


@register.filter
def readable_hosts(text: Any) -> str:
    """{{ endorsement.email|readable_hosts }}: the host in its own letters, unless it could pass for another."""
    return _readable_hosts(str(text or ""))
