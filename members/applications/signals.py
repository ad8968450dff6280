"""Signals about applications."""

from django.dispatch import Signal

# Sent with `application`, `by` (a user, or None) and `now` in the transaction of a withdrawal.
withdrawn = Signal()
