"""What members do themselves: profile, contacts, yearly confirmation."""
