"""The sample company, whose truth is known."""
