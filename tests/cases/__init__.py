"""Small inputs that came in wrong once, each with the right answer."""
