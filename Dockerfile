# The site as one image without secrets; docs/operations.md explains how to build and run it.
#
# Build from a digest, so that the same source gives the same image:
#   docker build --build-arg PYTHON_IMAGE=python:3.13-slim-bookworm@sha256:… --sbom=true --provenance=true --tag hw4all .
# `docker buildx imagetools inspect python:3.13-slim-bookworm` names today's. It is no default here, because a digest that nobody renews
# keeps known vulnerabilities.
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
WORKDIR /app
COPY requirements.txt ./
RUN /venv/bin/pip install --require-hashes -r requirements.txt
COPY . ./
# collectstatic needs valid settings, not real ones. These values are used on this line only.
RUN DJANGO_SETTINGS_MODULE=hw4all.settings.production STATIC_ROOT=/app/static-built \
    SECRET_KEY=only-to-collect-static-files-while-the-image-is-being-built ALLOWED_HOSTS=localhost SITE_URL=https://localhost \
    EMAIL_URL=consolemail:// DEFAULT_FROM_EMAIL=build@localhost \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0
# packages.json says what pip installed, with versions and licences. Nothing that runs needs pip.
RUN /venv/bin/pip inspect --local > packages.json && /venv/bin/pip uninstall --yes pip && /venv/bin/python -m compileall -q /app /venv

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="HW4All" \
      org.opencontainers.image.description="The website of a coalition of civil-society organisations" \
      org.opencontainers.image.licenses="BSD-3-Clause" \
      org.opencontainers.image.documentation="docs/operations.md"
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=hw4all.settings.production \
    STATIC_ROOT=/app/static-built \
    VAR_DIR=/data \
    LISTEN=0.0.0.0
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin site && install -d -m 750 -o site -g site /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001
# Only /data and /tmp are written to, so the rest of the file system may be read-only (docker run --read-only --tmpfs /tmp).
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "--no-control-socket"]
