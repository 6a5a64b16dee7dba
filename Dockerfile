# Two stages: packages are installed, each checked by its hash, in the first; the second holds Python, the packages and the code.
#   docker build -t briefbase .  &&  docker run -p 8000:8000 -v briefbase:/data briefbase

FROM python:3.13-slim AS packages
COPY requirements/run.lock /build/run.lock
# The venv gets no pip of its own: nothing in the final image can install anything into it.
RUN python -m venv --without-pip /opt/briefbase \
    && python -m pip --python /opt/briefbase/bin/python install --no-cache-dir --require-hashes --only-binary :all: -r /build/run.lock

FROM python:3.13-slim
RUN useradd --user-group --uid 10001 --no-create-home --shell /usr/sbin/nologin briefbase \
    && install --directory --owner=briefbase --group=briefbase /data
COPY --from=packages /opt/briefbase /opt/briefbase
COPY app /srv/app
COPY migrations /srv/migrations
COPY seeds /srv/seeds
# The code runs from where it was copied, without a build step; bytecode is written now, as the user may not write it later.
RUN printf '#!/opt/briefbase/bin/python\nfrom app.cli import main\n\nmain()\n' > /opt/briefbase/bin/briefbase \
    && chmod 755 /opt/briefbase/bin/briefbase \
    && /opt/briefbase/bin/python -m compileall -q /srv/app

ENV PATH=/opt/briefbase/bin:$PATH \
    PYTHONPATH=/srv \
    PYTHONDONTWRITEBYTECODE=1 \
    BRIEFBASE_DATABASE_URL=sqlite:////data/briefbase.db \
    BRIEFBASE_CACHE_DIR=/data/cache \
    BRIEFBASE_HOST=0.0.0.0 \
    BRIEFBASE_PORT=8000
WORKDIR /data
# A number, so that a host can tell it is not root.
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['BRIEFBASE_PORT']}/healthz\", timeout=4)"]
CMD ["briefbase", "serve"]
