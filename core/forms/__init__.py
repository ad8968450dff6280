"""Building blocks for forms that visitors fill in."""
