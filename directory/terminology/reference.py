"""Where the true data lies that ships with the service: `seed/reference/`, with its provenance in `seed/README.md`."""

from pathlib import Path

REFERENCE_FOLDER = Path(__file__).resolve().parents[2] / "seed" / "reference"
