"""What the rooms above hear from this one."""

from django.dispatch import Signal

# Two organisations become one: sent with `former`, `kept` and `by` (a user) in the transaction of the merge, before what points to
# `former` moves. For rows of which an organisation may have one only.
merging = Signal()
