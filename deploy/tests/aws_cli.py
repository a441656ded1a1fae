"""The AWS CLI without its start-up time, which would be most of the duration of these tests: python aws_cli.py DIRECTORY

This server imports the CLI once, and forks for each call. DIRECTORY/aws is the command. It sends its arguments, its
environment and its standard streams to the server, and exits with the status that the server returns.
"""

import json
import os
import socket
import sys
from pathlib import Path

from awscli import clidriver

# -I and -S keep the client's start short.
CLIENT = f"""#!{sys.executable} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect(os.path.join(os.path.dirname(__file__), "socket"))
    call = json.dumps([sys.argv, dict(os.environ), os.getcwd()]).encode()
    socket.send_fds(server, [call], [0, 1, 2])
    sys.exit(ord(server.recv(1)))
"""
# The CLI sets these variables when it is imported.
CLI_VARIABLES = {"AWS_DATA_PATH": os.environ["AWS_DATA_PATH"]}


def serve(directory):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(directory / "socket"))
        listener.listen()
        client = directory / "aws"
        client.write_text(CLIENT)
        client.chmod(0o755)
        print("ready", flush=True)
        while True:
            connection, _ = listener.accept()
            # The second fork makes init the parent of the call, so that this process need not wait for its end.
            if os.fork() == 0:
                if os.fork() == 0:
                    listener.close()
                    answer(connection)
                os._exit(0)
            os.wait()
            connection.close()


def answer(connection):
    status = 255
    try:
        # The kernel delivers a message of this size in one piece.
        call, descriptors, _, _ = socket.recv_fds(connection, 1 << 20, 3)
        sys.argv, environment, working_directory = json.loads(call)
        for standard, descriptor in enumerate(descriptors):
            os.dup2(descriptor, standard)
            os.close(descriptor)
        sys.stdout, sys.stderr = open(1, "w", encoding="utf-8"), open(2, "w", encoding="utf-8")
        os.environ.clear()
        os.environ.update(environment | CLI_VARIABLES)
        os.chdir(working_directory)
        status = clidriver.main()
    except SystemExit as end:
        status = end.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        connection.send(bytes([status]))
        os._exit(0)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
