"""The composition root: the one loop, and what stands at its two ends."""
