"""The steering committee: ballots, votes, results and minutes."""
