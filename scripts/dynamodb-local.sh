#!/usr/bin/env bash
# Runs Amazon's downloadable DynamoDB: dynamodb-local.sh [PORT [DATA_DIRECTORY]]
source "$(dirname "$0")/lib.sh"
scripts/setup.sh java
port=${1:-8000}
data=${2:-data/dynamodb-local}
mkdir -p "$data"
data=$(cd "$data" && pwd)
say "Starting DynamoDB Local on port $port, with its tables in $data; press Ctrl+C to stop it"
say "In another terminal: make run ARGS=\"--database local --endpoint http://127.0.0.1:$port\""
cd "$DYNAMODB_LOCAL_DIR"
# -sharedDb: the same tables for every region and access key, so that other tools see them too.
exec java -Djava.library.path=DynamoDBLocal_lib -jar DynamoDBLocal.jar -disableTelemetry -sharedDb -dbPath "$data" -port "$port"
