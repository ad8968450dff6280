"""The public list of signatories, its counts and files."""
