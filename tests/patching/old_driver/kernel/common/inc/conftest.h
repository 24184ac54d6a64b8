/* A driver's conftest.sh writes what stands here; this one has none. */
