"""What the secretariat does with an application: checks, questions, decision, admission."""
