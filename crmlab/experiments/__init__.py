"""Experiments: everything that calls the simulator or sees the truth."""
