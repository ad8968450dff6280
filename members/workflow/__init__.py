"""The verbs: the only writers of the states of applications, ballots and profile changes, and of a membership's confirmation."""


class NotPossible(Exception):
    """The verb does not fit; the text says why, to the person who pressed the button."""
