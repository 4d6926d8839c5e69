"""What a draft costs, as ratios side by side in one run; printed, never asserted."""
