"""`python -m directory` is the `directory` command."""

import sys

from directory.cli import main

sys.exit(main())
