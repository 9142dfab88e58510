"""Write the next numbered migration from the difference between the models and what the migrations make."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from alembic import command  # noqa: E402

from directory.lib import schema  # noqa: E402
from directory.lib.db import Databases  # noqa: E402


def main(what: str) -> int:
    """Write migrations/versions/NNNN_what.py; 2 when nobody said what it does."""
    slug = re.sub(r"[^a-z0-9]+", "_", what.lower()).strip("_")
    if not slug:
        print('Say what it does: make migration NAME="keep the caller\'s number"', file=sys.stderr)
        return 2
    number = len(list((schema.FOLDER / "versions").glob("[0-9]*.py"))) + 1
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases(f"sqlite:///{folder}/empty.sqlite3")
        schema.migrate(databases)
        with databases.writer.begin() as connection:
            config = schema.configuration(connection)
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            command.revision(config, message=what, autogenerate=True, rev_id=f"{number:04d}")
        databases.close()
    (written,) = (schema.FOLDER / "versions").glob(f"{number:04d}_*.py")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", written], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
