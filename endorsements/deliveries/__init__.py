"""Recording deliveries of a declaration: snapshot, letter, verification and mailings to those who endorsed."""
