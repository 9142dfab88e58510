"""Getting a message to someone, with proof: the outbox, its attempts, and the channels they leave by."""
