"""What admin screens of every room share."""
