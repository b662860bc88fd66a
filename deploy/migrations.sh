#!/usr/bin/env bash
# Adds a migration to a service's model:  deploy/migrations.sh services/muc MucDbContext NameOfTheChange
# or shows what a model has that no migration has yet:  deploy/migrations.sh services/muc MucDbContext
#
# The design-time package stands in no ordinary build: EfDesign=true brings it in for this script alone
# (Directory.Build.targets), and defines EF_DESIGN for the IDesignTimeDbContextFactory of the service.
set -euo pipefail
cd "$(dirname "$0")/.."
service=${1:?the service\'s folder, such as services/muc}
context=${2:?the name of its DbContext}
name=${3:-}
tools=.annex/tools
[ -x "$tools/dotnet-ef" ] || dotnet tool install dotnet-ef --version 10.0.14 --tool-path "$tools" > /dev/null

export EfDesign=true
# A build of its own, so that the ordinary outputs stay what they are.
artifacts=$PWD/.annex/design
dotnet build "$service" -v q -nologo -p:EfDesign=true -p:UseArtifactsOutput=true -p:ArtifactsPath="$artifacts"
project=$(ls "$service"/*.csproj)
assembly=$(basename "$project" .csproj)
output=$artifacts/bin/$assembly/debug
run() {
  dotnet exec --depsfile "$output/$assembly.deps.json" --runtimeconfig "$output/$assembly.runtimeconfig.json" \
    "$(find "$tools/.store" -name ef.dll -path '*net*' | sort | tail -n 1)" "$@" \
    --assembly "$output/$assembly.dll" --startup-assembly "$output/$assembly.dll" --project-dir "$PWD/$service" \
    --root-namespace "Annex.${assembly#Annex.}" --language C# --nullable --context "$context"
}
if [ -n "$name" ]; then
  run migrations add "$name" --output-dir Storage/Migrations
else
  run migrations has-pending-model-changes
fi
