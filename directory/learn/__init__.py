"""Pages that explain: what the treatments are, what is known of them, what to ask; each claim with its source."""
