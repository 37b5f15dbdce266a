"""Invented data for a desk: to see how it looks and how fast it is when it is full."""
