"""Holds Protos/ against sync_messages.py: the same messages, fields, numbers and types. Exits with 1 and says what differs.

With grpcio-tools or protoc at hand the files are compiled too.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import sync_messages  # noqa: E402

FILES = {
    "flagd/sync/v1/sync.proto": (sync_messages.SYNC_V1, ("SyncFlags", "FetchAllFlags", "GetMetadata")),
    "sync/v1/sync_service.proto": (sync_messages.LEGACY_V1, ("SyncFlags", "FetchAllFlags")),
}


def parsed(text):
    text = re.sub(r"//[^\n]*", "", text)
    package = re.search(r"package\s+([\w.]+);", text).group(1)
    blocks = {(kind, name): body for kind, name, body in re.findall(r"(message|enum|service)\s+(\w+)\s*\{(.*?)\}", text, re.S)}
    messages = {}
    for (kind, name), body in blocks.items():
        if kind == "message":
            fields = re.findall(r"(?:optional\s+)?([\w.]+)\s+(\w+)\s*=\s*(\d+);", body)
            messages[name] = [(field, int(number), full(package, kind_)) for kind_, field, number in fields]
    states = [(state, int(number)) for (kind, _), body in blocks.items() if kind == "enum"
              for state, number in re.findall(r"(\w+)\s*=\s*(\d+);", body)]
    methods = {name for (kind, _), body in blocks.items() if kind == "service" for name in re.findall(r"rpc\s+(\w+)", body)}
    return messages, states, methods


def full(package, kind):
    if kind == "string":
        return kind
    return "." + kind if "." in kind else f".{package}.{kind}"


def compiled(folder):
    """The compiler's complaints, or None without a compiler."""
    arguments = [f"-I{folder}", f"--descriptor_set_out={os.devnull}", *FILES]
    try:
        from grpc_tools import protoc
        include = os.path.join(os.path.dirname(protoc.__file__), "_proto")
        command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{include}", *arguments]
    except ImportError:
        if shutil.which("protoc") is None:
            return None
        command = ["protoc", *arguments]
    with tempfile.TemporaryDirectory() as working:
        result = subprocess.run(command, cwd=working, capture_output=True, text=True)
    return result.stderr if result.returncode else ""


def main():
    folder = os.path.abspath(sys.argv[1])
    problems = []
    for name, (messages, methods) in FILES.items():
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            found, states, rpcs = parsed(file.read())
        if found != messages:
            problems.append(f"{name}: {found} is not {messages}")
        if rpcs != set(methods):
            problems.append(f"{name}: methods {rpcs}")
        expected = [(f"SYNC_STATE_{state}", number) for number, state in enumerate(sync_messages.SYNC_STATES)]
        if states and states != expected:
            problems.append(f"{name}: {states} is not {expected}")
    complaints = compiled(folder)
    if complaints:
        problems.append(complaints)
    print("\n".join(problems) or ("equal, not compiled" if complaints is None else "equal and compiled"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
