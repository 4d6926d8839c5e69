"""Does it write well: measures of drafts, and of what they cost."""
