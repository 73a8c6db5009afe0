"""The `aws` that scripts call in these tests: notes its arguments and hands them to quick_aws.py.

Run as `aws_client.py SOCKET LOG WORDS…`.
"""

import json
import os
import socket
import sys

path, log, words = sys.argv[1], sys.argv[2], sys.argv[3:]
with open(log, "a", encoding="utf-8") as notes:
    notes.write(json.dumps(words) + "\n")
with socket.socket(socket.AF_UNIX) as client:
    client.connect(path)
    with client.makefile("rw", encoding="utf-8") as stream:
        stream.write(json.dumps({"words": words, "folder": os.getcwd()}) + "\n")
        stream.flush()
        done = json.loads(stream.read())
sys.stdout.write(done["out"])
sys.stderr.write(done["err"])
sys.exit(done["status"])
