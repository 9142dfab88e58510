"""Write the next numbered migration from the difference between the models and what the migrations make."""

import re
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from alembic import command  # noqa: E402
from alembic.autogenerate import compare_metadata  # noqa: E402
from alembic.migration import MigrationContext  # noqa: E402

from directory.lib import schema  # noqa: E402
from directory.lib.db import Databases  # noqa: E402
from directory.lib.tables import metadata  # noqa: E402


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
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            import_module("directory.wiring")
            if not compare_metadata(context, metadata):
                print("The migrations make what the models say: there is nothing to write.")
                return 0
            command.revision(config, message=what, autogenerate=True, rev_id=f"{number:04d}")
        databases.close()
    (written,) = (schema.FOLDER / "versions").glob(f"{number:04d}_*.py")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", written], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
