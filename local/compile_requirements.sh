#!/bin/sh
# Compiles every requirements.in: one resolution for all, so that no two services disagree on a version.
set -eu

compile() {
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
    --custom-compile-command "make requirements" "$@"
}

compile requirements-dev.in --output-file requirements-dev.txt
for name in requirements services/web/requirements services/annotator/requirements \
  services/archiver/requirements services/restorer/requirements local/requirements; do
  compile "$name.in" --constraints requirements-dev.txt --output-file "$name.txt"
done
# The linters of the templates have a Python of their own: checkov needs an older boto3.
compile ecs/lint/requirements.in --output-file ecs/lint/requirements.txt
compile --no-deps services/web/requirements-assets.in --output-file services/web/requirements-assets.txt
