"""The world: the only part that knows the truth."""
