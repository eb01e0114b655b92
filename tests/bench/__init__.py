"""The benchmarks: `python -m tests.bench bench | bench-scale | bench-peers`; docs/performance.md tells how to read it.

Not tests: nothing here is collected. The modules name each other relatively, since `tests` is no package.
"""
