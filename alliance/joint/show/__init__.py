"""What the pages of joint work show."""
