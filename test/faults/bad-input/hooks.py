"""Hooks of schemathesis: calls lead to things that exist, and each tells the log that it counts.

BAD_INPUT_CALLS names a JSON file: by operation the path's parameters of a call that succeeds, and its token.
"""

import json
import os
import urllib.parse
import uuid
import zlib

import schemathesis

with open(os.environ["BAD_INPUT_CALLS"], encoding="utf-8") as file:
    CALLS = json.load(file)


# Longer ones are refused before an operation is known (431), so that no document of operations tells of it.
LONGEST_QUERY = 12_000


@schemathesis.hook
def filter_query(context, query):
    return len(urllib.parse.quote(repr(query), errors="replace")) < LONGEST_QUERY


@schemathesis.hook
def before_call(context, case, kwargs):
    call = CALLS[case.operation.definition.raw["operationId"]]
    case.headers["Authorization"] = "Bearer " + call["token"]
    case.headers["X-Request-Id"] = call["prefix"] + str(uuid.uuid4())
    made_up = case.path_parameters
    # One in four keeps what was made up, and leads nowhere.
    if made_up and call["path"] and zlib.crc32(repr(sorted(made_up.items())).encode("utf-8", "replace")) % 4:
        case.path_parameters = {**made_up, **call["path"]}
