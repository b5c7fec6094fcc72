"""What a survey computes, pure: questions, points of an answer, estimates of a sample, links. No database."""
