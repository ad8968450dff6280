"""What other apps hear about organisations."""

from django.dispatch import Signal

# Two organisations become one: sent with `former`, `kept` and `by` (a user) in the transaction of the merge, before what points to
# `former` moves. For rows of which an organisation may have only one.
merging = Signal()
