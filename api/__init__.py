"""Ways in: thin callers of the agent."""
