"""AWS's command line, imported once for many commands: a server that forks for each of them.

usage: python aws.py serve SOCKET             with the Python that has awscli; prints "ready"
       python -S aws.py call SOCKET WORD...   what `aws WORD...` does, in the caller's folder and environment
"""

import json
import os
import socket
import sys
import traceback

PATIENCE = 60  # seconds for one command


def call(path, words):
    request = json.dumps({"words": words, "folder": os.getcwd(), "environment": dict(os.environ)}).encode()
    with socket.socket(socket.AF_UNIX) as server:
        server.settimeout(PATIENCE)
        server.connect(path)
        socket.send_fds(server, [len(request).to_bytes(4, "big")], [0, 1, 2])
        server.sendall(request)
        status = server.recv(1)
    return status[0] if status else 255  # no answer: the command crashed


def serve(path):
    import awscli.clidriver

    awscli.clidriver.create_clidriver()  # imports what every command needs
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        print("ready", flush=True)
        while True:
            client, _ = listener.accept()
            with client:
                if os.fork() == 0:
                    answer(client)
                os.wait()  # the guide runs one command at a time


def answer(client):
    length, files, _, _ = socket.recv_fds(client, 4, 3)
    request = json.loads(client.recv(int.from_bytes(length, "big"), socket.MSG_WAITALL))
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.chdir(request["folder"])
    os.environ.update(request["environment"])
    import awscli.clidriver

    status = 255
    try:
        status = awscli.clidriver.create_clidriver().main(request["words"])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        client.sendall(bytes([status]))
        os._exit(status)


if __name__ == "__main__":
    verb, path, *words = sys.argv[1:]
    sys.exit(call(path, words) if verb == "call" else serve(path))
