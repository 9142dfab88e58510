# The service in a container: `serve`, `worker` or `migrate` as the command. It runs as nobody in particular, writes only
# to /var/lib/directory, and expects a read-only root with a small /tmp (compose.yaml shows both). Not built by CI.
FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.lock /tmp/requirements.lock
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/requirements.lock
WORKDIR /app
COPY directory directory
COPY locale locale
COPY migrations migrations
COPY templates templates
COPY seed seed
# The root is read-only when it runs, so the byte code is made now.
RUN /opt/venv/bin/python -m compileall -q /opt/venv/lib /app/directory /app/migrations

FROM python:3.13-slim-bookworm
# pg_dump and pg_restore, for `backup` and `restore`. Debian keeps one version in a release, so none is pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin directory \
    && install -d -o directory -g directory -m 0700 /var/lib/directory
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DIRECTORY_HOST=0.0.0.0 \
    DIRECTORY_PORT=8000 \
    DIRECTORY_DATA_DIR=/var/lib/directory
USER 10001:10001
VOLUME /var/lib/directory
EXPOSE 8000
# Alive, not ready: a database that is away must not make the orchestrator restart us in a circle.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['DIRECTORY_PORT']}/healthz\", timeout=4)"]
ENTRYPOINT ["python", "-m", "directory"]
CMD ["serve"]
