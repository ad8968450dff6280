"""Measurements that are too long, and too dependent on the machine, to be tests."""
