"""What other packages hear about applications."""

from django.dispatch import Signal

# The applicant withdrew: sent with `application`, `by` (a user, or None) and `now` in the transaction of the withdrawal.
withdrawn = Signal()
