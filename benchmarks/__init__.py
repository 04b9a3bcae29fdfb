"""Speed and memory claims, each measured as a ratio in one run."""
