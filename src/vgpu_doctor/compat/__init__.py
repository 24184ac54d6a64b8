"""Will this driver build and work on this kernel? Predictions with their evidence."""
