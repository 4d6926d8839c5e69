"""A model that misbehaves in every way that we can name, and a check of DESIGN.md's promises that shares nothing with the writer's own."""
