"""A server killed at random moments under load, and what became of everything that it had acknowledged."""
