"""People who keep the directory honest: one queue, reviews, reports of mistakes, merges, the audit search."""
