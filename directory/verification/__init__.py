"""Is it true, and still true: proofs of facts, the gate before the public, and what time does to a listing."""
