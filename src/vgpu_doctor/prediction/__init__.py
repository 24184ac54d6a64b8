"""Whether a driver will build on a kernel and work there, before anybody tries; each answer with its evidence."""
