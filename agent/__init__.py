"""A brief becomes a draft: understand, gather, plan, write, mend, review; each step checkpointed."""
