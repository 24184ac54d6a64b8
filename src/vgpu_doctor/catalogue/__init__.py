"""The catalogue of driver releases, kernels and cards."""
