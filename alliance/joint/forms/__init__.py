"""Forms of joint work."""
