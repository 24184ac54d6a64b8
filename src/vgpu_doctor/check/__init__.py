"""The check before an upgrade: what is asked, what is foreseen, and what to do first."""
