"""The check before an upgrade: questions, forecasts, and what to do first."""
