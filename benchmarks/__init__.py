"""What asyncwhy costs, beside an unobserved run and beside its peers: `python -m benchmarks`."""
