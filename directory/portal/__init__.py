"""The clinic's rooms: its quick update after the code. Pages and questions only; what is done is done below."""
