# Prosody or ejabberd as Debian has them: the versions that Annex is tested with, Prosody with the modules that it needs.
#   docker build -f deploy/containers/server.Dockerfile --build-arg SERVER=prosody -t annex-prosody .
ARG DEBIAN_IMAGE=docker.io/library/debian:12-slim
FROM ${DEBIAN_IMAGE}
ARG SERVER=prosody
RUN printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d \
  && apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
       $([ "$SERVER" = prosody ] && echo prosody prosody-modules lua-unbound || echo ejabberd) ca-certificates \
  && rm -rf /var/lib/apt/lists/*
COPY deploy/containers/server-start /server-start
# One number for both, so that volumes and secrets can be given to it: see prepare.
RUN user=$SERVER; usermod -u 10002 "$user" && groupmod -g 10002 "$(id -gn "$user")" \
  && mkdir -p /data && chown 10002:10002 /data && printf '%s\n' "$SERVER" > /server-kind
USER 10002:10002
ENV HOME=/data
VOLUME /data
ENTRYPOINT ["bash", "/server-start"]
