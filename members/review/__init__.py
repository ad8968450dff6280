"""The review of applications by the secretariat: checks, questions, decision, admission."""
