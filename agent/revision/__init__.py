"""A finished draft changed: what each change does, and what two revisions have different; agent/revise.py keeps them."""
