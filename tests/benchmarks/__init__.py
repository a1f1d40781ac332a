"""Benchmarks: what the product costs, as ratios within one run. `python -m tests.benchmarks`."""
