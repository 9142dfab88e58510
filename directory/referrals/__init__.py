"""Asking a clinic to see someone, and hearing back."""
