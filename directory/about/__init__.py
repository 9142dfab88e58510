"""What the directory says of itself: how it works, what it keeps, what follows nobody, and whom to write to."""
