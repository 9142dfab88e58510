"""A program of its own: sets a letter as a tagged PDF, from one template and what it says as JSON on stdin.

Run as `python -I typesetter.py TEMPLATE FONTS`. It reads those two places and no other, and asks no network: the
template names no package, and there is no folder to keep one in. Exit 0: the PDF is on stdout.
"""

import contextlib
import json
import resource
import sys

MEMORY = 768 * 1024 * 1024
"""Address space, of which the library maps 80 MB and its threads reserve the most."""
SECONDS = 8


def main() -> None:
    """Set what comes in."""
    import typst  # noqa: PLC0415 - only this program pays for it

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.tracebacklimit = 0
    template, fonts = sys.argv[1:3]
    told = json.load(sys.stdin.buffer)
    made_at = int(told.pop("made_at"))
    compiler = typst.Compiler(
        template,
        root=template.rsplit("/", 1)[0],
        font_paths=[fonts],
        ignore_system_fonts=True,
        sys_inputs={"letter": json.dumps(told)},
        package_path="/nowhere",
        package_cache_path="/nowhere",
    )
    made = None
    with contextlib.suppress(typst.TypstError):  # a letter of no font of ours may not claim the standard
        made = compiler.compile(format="pdf", pdf_standards="ua-1", timestamp=made_at)
    if made is None:
        made = compiler.compile(format="pdf", timestamp=made_at)
    assert isinstance(made, bytes)
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
