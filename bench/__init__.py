"""Side-by-side measurements, each run by `python -m bench.NAME`; what was seen is told in docs/performance.md."""
