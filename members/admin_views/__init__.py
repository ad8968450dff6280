"""The desk of the secretariat: applications, ballots, organisations, profile changes, and what is taken away as files."""
