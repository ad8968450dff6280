"""The pages of someone who endorses."""
