"""Signals about organisations."""

from django.dispatch import Signal

# Sent with `former`, `kept` and `by` (a user) in the transaction of a merge, before the rows that point to `former` are moved, so that
# receivers can settle rows of which an organisation may have only one.
merging = Signal()
# Sent with `organisations` that were recorded many at once, in the transaction that does, instead of Django's signal for each.
recorded = Signal()
