"""What a request says of a writing task, read piece by piece; agent/understand.py puts the pieces together."""
