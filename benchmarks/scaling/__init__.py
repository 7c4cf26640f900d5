"""A day of jobs on hosts that come and go: what `benchmarks.scale_simulation` runs."""
