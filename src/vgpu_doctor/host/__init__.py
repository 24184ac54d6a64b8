"""Facts of one host: its driver, kernels, packages and cards. Everything here reads; nothing writes."""
